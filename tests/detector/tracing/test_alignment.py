"""Sentences and words that belong together, and the columns of a pair."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_archive import FERRY, OTHER_REPORT, SPUN_TALKS, TALKS, WEATHER

from detector.tracing.columns import COLUMNS, NAMES, measure_pair
from detector.tracing.digest import MOST_WORDS, Digest, digest
from detector.tracing.sentences import align_sentences, bridged
from detector.tracing.word_weights import WordWeights, embedded_weights, figure, stem
from detector.tracing.wording import AlignedPair, ChangeKind, FactKind, compare_words

PARTS = (SPUN_TALKS, TALKS, FERRY, WEATHER)
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from([s for t in PARTS for s in t.split(". ")]), max_size=12).map(". ".join),
)


def pairs_of(article: str, source: str) -> tuple[Digest, Digest, tuple[AlignedPair, ...]]:
    """Both digests and what belongs together."""
    weights = embedded_weights()
    here, there = digest(article, weights), digest(source, weights)
    return here, there, compare_words(here, there, bridged(align_sentences(here, there), len(there.sentences)))


def row(article: str, source: str) -> dict[str, float]:
    """The columns of a pair by name."""
    weights = embedded_weights()
    here, there = digest(article, weights), digest(source, weights)
    return dict(zip(NAMES, measure_pair(here, there, align_sentences(here, there)).tolist(), strict=True))


class TestSentences:
    """Sentences of the article find theirs in the source."""

    def test_a_spun_story_is_aligned_in_order(self, weights: WordWeights) -> None:
        """Each sentence of the rewrite stands beside the one that it was."""
        here, there = digest(SPUN_TALKS, weights), digest(TALKS, weights)
        found = bridged(align_sentences(here, there), len(there.sentences))
        assert found.first.tolist() == list(range(len(here.sentences)))
        assert (found.similarity > 0.2).all()

    @pytest.mark.parametrize("seed", range(5))
    def test_sentences_that_moved_are_found(self, seed: int, weights: WordWeights) -> None:
        """Paragraphs in another order still find theirs."""
        blocks = SPUN_TALKS.split("\n\n")
        random.Random(seed).shuffle(blocks)
        here, there = digest("\n\n".join(blocks), weights), digest(TALKS, weights)
        found = align_sentences(here, there)
        right = 0
        for at, sentence in enumerate(here.sentences):
            home = digest(SPUN_TALKS, weights)
            origin = next(
                n for n, s in enumerate(home.sentences) if home.text[slice(*s)] == here.text[slice(*sentence)]
            )
            right += found.first[at] <= origin < found.last[at]
        assert right >= len(here.sentences) - 1

    def test_merged_and_split_sentences_are_found(self, weights: WordWeights) -> None:
        """Two sentences made one, and one made two."""
        merged = (
            "Ferries between Hull and Rotterdam carry half as many lorries this summer, Northlink Lines said. "
            "The operator told customers that two of its ships need new engines. "
            "The Pride of Skagen leaves the route on June 3, and a smaller vessel, the Humber Star, takes its place."
        )
        _, there, pairs = pairs_of(merged, FERRY)
        assert pairs[0].sentences == (0, 2)
        last = there.text[slice(*pairs[-1].source)]
        assert "Pride of Skagen" in last
        assert "Humber Star" in last

    def test_unrelated_stories_have_no_pairs(self) -> None:
        """Weather and ferries have nothing in common."""
        assert pairs_of(WEATHER, FERRY)[2] == ()


class TestWords:
    """What became of the words."""

    def test_replacements_name_the_true_original(self) -> None:
        """The words that the spinner put stand beside those that it took."""
        here, there, pairs = pairs_of(SPUN_TALKS, TALKS)
        replaced = {
            (here.text[slice(*c.article)], there.text[slice(*c.source)])
            for p in pairs
            for c in p.changes
            if c.kind is ChangeKind.REPLACED
        }
        for pair in (("mediators", "negotiators"), ("stated", "said"), ("folks", "people"), ("jap", "eastern")):
            assert pair in replaced

    def test_changed_facts_are_told(self) -> None:
        """Figures with another value and speech in other words."""
        here, there, pairs = pairs_of(SPUN_TALKS, TALKS)
        facts = [(f.kind, here.text[slice(*f.article)], there.text[slice(*f.source)]) for p in pairs for f in p.facts]
        assert (FactKind.FIGURE, "1,300", "1,200") in facts
        assert (FactKind.FIGURE, "Two", "Three") in facts
        quotes = [was for kind, _, was in facts if kind is FactKind.QUOTE]
        assert quotes == ['"We will never close the northern quay without a vote,"']

    def test_figures_in_letters_and_digits_are_the_same(self) -> None:
        """`three` for `3` changes no fact, and neither does a quote cut short."""
        source = (
            'The council of Gorleston hired 3 new wardens on Friday. "We need more of them, and soon," Mayor Dell said.'
        )
        article = 'The council of Gorleston hired three new wardens on Friday. "We need more of them," Mayor Dell said.'
        assert [f for p in pairs_of(article, source)[2] for f in p.facts] == []

    def test_a_copy_has_no_changes(self) -> None:
        """The same text has none."""
        assert all(not p.changes and not p.facts and p.kept == 1.0 for p in pairs_of(TALKS, TALKS)[2])

    @settings(max_examples=150, deadline=None)
    @given(TEXTS, TEXTS)
    def test_spans_index_both_texts(self, article: str, source: str) -> None:
        """Whatever the texts: spans lie inside, in order, and changes inside their pair."""
        _, _, pairs = pairs_of(article, source)
        for pair in pairs:
            assert 0 <= pair.article.start < pair.article.end <= len(article)
            assert 0 <= pair.source.start < pair.source.end <= len(source)
            for change in pair.changes:
                assert 0 <= change.article.start <= change.article.end <= len(article)
                assert 0 <= change.source.start <= change.source.end <= len(source)
            starts = [c.article.start for c in pair.changes]
            assert starts == sorted(starts)


class TestColumns:
    """The numbers of a pair."""

    @settings(max_examples=150, deadline=None)
    @given(TEXTS, TEXTS)
    def test_values_lie_in_their_range(self, article: str, source: str) -> None:
        """Or are NaN, never anything else."""
        for column, value in zip(COLUMNS, row(article, source).values(), strict=True):
            assert math.isnan(value) or column.low - 1e-9 <= value <= column.high + 1e-9, column.name

    def test_a_copy_is_all_the_same(self) -> None:
        """A text beside itself."""
        found = row(TALKS, TALKS)
        for name in ("cosine", "coverage", "same_words", "order_of_words", "names_found", "figures_found"):
            assert found[name] > 0.95
        assert found["figures_contradicted"] == 0.0

    def test_a_rewrite_lies_between_copy_and_other_report(self) -> None:
        """Order and sentences tell a rewrite from another report of the same thing."""
        copy, rewrite, other = row(TALKS, TALKS), row(SPUN_TALKS, TALKS), row(OTHER_REPORT, TALKS)
        for name in ("cosine", "coverage", "same_words_unquoted"):
            assert copy[name] > rewrite[name] > other[name]

    def test_columns_are_named_once(self) -> None:
        """And each has a meaning."""
        assert len(set(NAMES)) == len(NAMES)
        assert all(c.meaning.endswith(".") and c.low < c.high for c in COLUMNS)


class TestDigest:
    """Reading a text."""

    def test_very_long_texts_are_read_in_part(self, weights: WordWeights) -> None:
        """A line of a million characters, a million full stops, a million words."""
        for text in ("x" * 1_000_000, "." * 1_000_000, "word " * 300_000, "A b. " * 200_000, '"' * 500_000):
            found = digest(text, weights)
            assert len(found.words) <= MOST_WORDS
            assert len(found.sentence) == len(found.words)

    def test_boilerplate_weighs_nothing(self, weights: WordWeights) -> None:
        """Credit lines say nothing about where a story came from."""
        found = digest("Reporting by Ilze Kalnina in Liepaja; editing by Martin Ashby", weights)
        assert not found.weight.any()

    def test_forms_of_a_word_share_a_term(self) -> None:
        """And figures share theirs with their names."""
        assert stem("discussions") == stem("discussed")
        assert figure("twelve") == figure("12")

    def test_many_forms_do_not_fill_the_memory(self) -> None:
        """Words that nobody will use again are forgotten."""
        weights = WordWeights({}, 1000.0)
        weights.look_up([f"w{n}" for n in range(400_001)])
        weights.tidy()
        numbers = weights.look_up(["fresh"])[0]
        assert numbers.tolist() == [0]

    def test_no_words(self, weights: WordWeights) -> None:
        """Nothing is measured of nothing."""
        empty = digest("", weights)
        values = measure_pair(empty, empty, align_sentences(empty, empty))
        assert np.isnan(values[NAMES.index("coverage")])
