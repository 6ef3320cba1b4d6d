"""Words and sentences in the light of the article."""

import itertools
import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.places import MARK, logistic, score_sentences, settle, standing, weigh, word_inputs
from detector.verdict import Label
from features.document import Document, Span
from features.feature import Evidence
from features.language_model.analysis import Analysis
from features.language_model.ngrams import Encoded
from features.language_model.phrase_lifts import NO_PHRASES
from features.language_model.windows import INPUTS, Windows

# The word's and the article's log-odds count alike, their product not at all.
EVENLY = (0.0, 1.0, 1.0, 0.0)

spans = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda at: Span(at[0], at[0] + at[1]))
marks = st.builds(
    Evidence,
    feature=st.sampled_from(["odd_synonyms", "ngram_oddity"]),
    span=spans,
    message=st.just("odd"),
    expected=st.sampled_from([(), ("agreed",)]),
    weight=st.sampled_from([0.2, 0.5, 0.9]),
)


@given(st.lists(marks, max_size=30))
def test_settled_marks_stand_apart(found: list[Evidence]) -> None:
    """Marks come in order, none touches another, and what went overlaps with one that stayed and weighs as much."""
    kept = settle(found)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(kept))
    assert all(mark in found for mark in kept)
    for gone in found:
        if gone not in kept:
            rivals = [k for k in kept if k.span.start < gone.span.end and gone.span.start < k.span.end]
            assert any((bool(k.expected), k.weight) >= (bool(gone.expected), gone.weight) for k in rivals)


@given(st.lists(marks, max_size=20))
def test_settling_twice_changes_nothing(found: list[Evidence]) -> None:
    """What is settled stays as it is."""
    assert settle(settle(found)) == settle(found)


def test_a_proposal_beats_a_heavier_mark() -> None:
    """Of two marks on one place the one that says what the word was stays."""
    pair = Evidence("ngram_oddity", Span(0, 12), "never meet", (), 0.9)
    word = Evidence("odd_synonyms", Span(4, 8), "odd word", ("agreed",), 0.5)
    assert settle([pair, word]) == [word]


def test_phrases_stand_only_in_flagged_articles() -> None:
    """Marks of phrase patterns explain an accusation; where there is none, they go, and all others stay."""
    phrase, word = (Evidence(f, Span(0, 4), "odd") for f in ("phrasing", "odd_synonyms"))
    assert standing([phrase, word], Label.CLEAN) == [word]
    for label in (Label.SUSPECT, Label.SPUN):
        assert standing([phrase, word], label) == [phrase, word]


def analysed(log_odds: list[float]) -> Analysis:
    """An analysis of words of which nothing is known but their log-odds."""
    inputs = np.zeros((len(log_odds), len(INPUTS)), np.float32)
    nothing = np.empty(0, np.int64)
    encoded = Encoded([], nothing.astype(np.int32), nothing.astype(np.int32), nothing)
    windows = Windows(
        nothing, inputs, nothing, nothing.astype(np.int32), inputs[:0, 0], inputs[:, 0], encoded, NO_PHRASES
    )
    return Analysis(windows, np.array(log_odds, np.float32))


def test_the_article_decides_about_a_doubtful_word() -> None:
    """The same odd word weighs more in a spun article than in a clean one, by the coefficient of the article."""
    coefficients = (0.0, 8.0, 1.0, *[0.0] * 9)
    heavier, lighter = (logistic(word_inputs(analysed([0.4]), a), coefficients)[0] for a in (3.0, -3.0))
    assert heavier > 0.9
    assert lighter < 0.1


def test_marks_take_the_weight_of_their_word() -> None:
    """A mark whose word weighs too little goes; another shows the word's weight."""
    marks = [Evidence("odd_synonyms", Span(at, at + 4), "odd", ("said",), 0.6) for at in (0, 5)]
    assert weigh(marks, "odd_synonyms", {0: 0.91234, 5: MARK - 0.01}) == [replace(marks[0], weight=0.9123)]


def test_a_phrase_takes_the_weight_of_its_weightiest_word() -> None:
    """Wherever in the phrase the word stands; words before it and right after its end have no part in it."""
    phrase = Evidence("odd_synonyms", Span(10, 20), "odd", ("business",), 0.6)
    around = {0: 0.99, 9: 0.99, 20: 0.99, 25: 0.99}
    for at in (10, 14, 19):
        words = dict.fromkeys((10, 14, 19), 0.1) | {at: 0.8}
        assert weigh([phrase], "odd_synonyms", dict(sorted((around | words).items()))) == [replace(phrase, weight=0.8)]
    lighter = dict.fromkeys((10, 14, 19), MARK - 0.01)
    assert weigh([phrase], "odd_synonyms", dict(sorted((around | lighter).items()))) == []
    assert weigh([phrase], "odd_synonyms", {0: 0.99, 25: 0.99}) == []


def test_a_word_at_the_limit_is_marked() -> None:
    """The least weight of a mark is enough."""
    mark = Evidence("odd_synonyms", Span(3, 7), "odd", (), 0.6)
    assert weigh([mark], "odd_synonyms", {3: MARK}) == [replace(mark, weight=MARK)]


def test_other_marks_keep_their_weight() -> None:
    """Only the marks of the named feature are weighed, and the order stays."""
    other = Evidence("tell_tales", Span(0, 4), "tell-tale", ("talks",), MARK / 2)
    own = Evidence("odd_synonyms", Span(5, 9), "odd", (), 0.99)
    weighed = weigh([own, other], "odd_synonyms", {5: 0.9})
    assert [m.feature for m in weighed] == ["odd_synonyms", "tell_tales"]
    assert weighed[1] is other


def test_no_marks() -> None:
    """An article without marks is no special case."""
    assert weigh([], "odd_synonyms", {}) == []
    assert settle([]) == []


def test_word_inputs_are_bounded() -> None:
    """One absurd value cannot outweigh everything."""
    inputs = word_inputs(analysed([1e6, -1e6]), 1e6)
    assert np.abs(inputs).max() <= 10


def test_sentences() -> None:
    """Each sentence has its score, one of fewer than three words has none, and odder words score higher."""
    document = Document("No. The board had accepted to pay. The board had agreed to pay.")
    starts = np.array([word.start for word in document.words])
    odds = np.array([9.0, 0.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0, -4.0, 0.0, 0.0])
    none, odd, plain = score_sentences(document, starts, odds, EVENLY, 8.0)
    assert math.isnan(none.probability)
    assert odd.probability > plain.probability
    assert [s.span for s in (none, odd, plain)] == list(document.sentences)


def test_sentences_agree_with_the_article() -> None:
    """No sentence is more likely rewritten than the article that it stands in."""
    document = Document("The board had accepted to pay.")
    starts = np.array([word.start for word in document.words])
    for article in (-6.0, -1.0, 0.0, 2.0, 9.0):
        (score,) = score_sentences(document, starts, np.full(6, 10.0), EVENLY, article)
        assert score.probability <= round(1 / (1 + math.exp(-article)), 4)


def test_a_document_without_words() -> None:
    """Only marks: sentences are there, unscored."""
    document = Document("*** --- ***")
    scores = score_sentences(document, np.empty(0, np.int64), np.empty(0), EVENLY, 0.0)
    assert all(math.isnan(s.probability) for s in scores)
    assert len(scores) == len(document.sentences)
