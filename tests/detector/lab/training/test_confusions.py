"""What rewriters do to words and phrases, counted from their changes."""

import json
import lzma
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.lab.data.corpus import SETS, role_of
from detector.lab.spinners import Change, Edit, Spinner, Spun, write
from detector.lab.training import confusions
from detector.lab.training.confusions import (
    FEWEST,
    LEAST_PHRASE_LIFT,
    Confusions,
    Lifts,
    _phrases_of,
    count_confusions,
    phrase_lifts,
)
from features.document import Document
from features.language_model.ngrams import FORMAT, HEADER, SPECIAL, HashTable, NgramModel, hash_ngrams, plain_forms
from features.language_model.phrase_lifts import PhraseLifts

WORDS = (*SPECIAL, *"the harbour firm business commercial enterprise said stated then as a result .".split())
IDS = {word: i for i, word in enumerate(WORDS)}
SHARE = 1 / len(WORDS)
# Reference copy that has one word nearly always, so that the others are rare among people.
ONE_WORD = np.where(np.array(WORDS) == "result", 10_000_000, 50).astype(np.uint32)


def ids(phrase: str) -> tuple[int, ...]:
    """Vocabulary ids of a phrase."""
    return tuple(IDS[word] for word in phrase.split())


def hash_of(phrase: str) -> int:
    """As the table holds it."""
    return int(hash_ngrams(*(np.array([i], np.int32) for i in ids(phrase)))[0])


def model(counts: NDArray[np.uint32] | None = None) -> NgramModel:
    """No pairs are known: each word is as likely as any other, after whatever words."""
    nothing = np.zeros(2, np.uint64)
    return NgramModel(
        WORDS,
        np.array([np.full(len(WORDS), math.log(SHARE)), np.zeros(len(WORDS))], np.float32),
        np.full(len(WORDS), 50, np.uint32) if counts is None else counts,
        HashTable(nothing, np.zeros(8, np.uint16)),
        HashTable(nothing, np.zeros(8, np.uint8)),
    )


def lift(written: float, tokens: float, length: int) -> float:
    """Of a phrase of that many words, by hand: one pseudocount on either side."""
    expected = tokens * SHARE**length
    return math.log((written + expected + 1) / (expected + 1))


class TestPhrasesOf:
    """Phrases inside changes."""

    @staticmethod
    def phrases(text: str, *changes: tuple[str, str]) -> list[tuple[tuple[int, ...], str]]:
        """Of a text in which wordings stand for others."""
        document = Document(text)
        made = [Change(text.index(new), text.index(new) + len(new), old) for new, old in changes]
        starts = [token.start for token in document.tokens]
        return list(_phrases_of(made, starts, [IDS.get(form, 0) for form in plain_forms(document)]))

    def test_a_phrase_stands_for_what_it_replaced(self) -> None:
        """Of two words there is one phrase, and it is all that was put there; words around it belong to none."""
        found = self.phrases("The commercial enterprise said.", ("commercial enterprise", "business"))
        assert found == [(ids("commercial enterprise"), "business")]

    def test_parts_of_a_phrase_stand_for_nothing(self) -> None:
        """They are counted as well, because another rewriter may write them; the whole comes after its parts."""
        found = self.phrases("As a result the firm stated", ("As a result the", "So"))
        assert found == [
            (ids("as a"), ""),
            (ids("a result"), ""),
            (ids("result the"), ""),
            (ids("as a result"), ""),
            (ids("a result the"), ""),
            (ids("as a result the"), "So"),
        ]

    def test_long_changes_are_never_whole(self) -> None:
        """No phrase has more than four words, so that none is all of five."""
        found = self.phrases("then as a result the", ("then as a result the", "so"))
        assert Counter(len(gram) for gram, _ in found) == {2: 4, 3: 3, 4: 2}
        assert {original for _, original in found} == {""}

    def test_single_words_are_no_phrases(self) -> None:
        """They have lifts of their own."""
        assert self.phrases("The firm stated.", ("firm", "business"), ("stated", "said")) == []

    def test_changes_side_by_side_are_apart(self) -> None:
        """What two changes wrote between them nobody put for anything."""
        found = self.phrases("the firm as a result", ("the firm", "it"), ("as a", "in"), ("result", "end"))
        assert found == [(ids("the firm"), "it"), (ids("as a"), "in")]

    def test_phrases_of_unknown_words_are_left_out(self) -> None:
        """No table could tell them from each other; the known rest of the change is counted."""
        found = self.phrases("as a zyx result then", ("as a zyx result then", "so"))
        assert found == [(ids("as a"), ""), (ids("result then"), "")]

    def test_capitals_do_not_matter(self) -> None:
        """A phrase at the beginning of a sentence is the same phrase."""
        found = self.phrases("Commercial Enterprise said", ("Commercial Enterprise", "Business"))
        assert found == [(ids("commercial enterprise"), "Business")]

    def test_a_text_without_changes_has_none(self) -> None:
        """However many phrases it has."""
        assert self.phrases("as a result the firm said") == []


class TestPhraseLifts:
    """The table of phrases."""

    def test_lifts_by_hand(self) -> None:
        """How often it was written, whatever for, over what people would have written in as much text."""
        table = phrase_lifts(
            {
                ids("commercial enterprise"): Counter({"business": 6, "firm": 2}),
                ids("as a result"): Counter({"": 3, "then": 1}),
                ids("then as a result"): Counter({"": 5}),
            },
            1000.0,
            model(),
        )
        found = dict(zip(table.hashes.tolist(), zip(table.lift.tolist(), table.originals, strict=True), strict=True))
        expected = {
            "commercial enterprise": (lift(8, 1000, 2), ("business", "firm")),
            "as a result": (lift(4, 1000, 3), ("then",)),
            "then as a result": (lift(5, 1000, 4), ()),
        }
        assert found.keys() == {hash_of(phrase) for phrase in expected}
        for phrase, (own, originals) in expected.items():
            assert found[hash_of(phrase)][0] == pytest.approx(own, rel=1e-4), phrase
            assert found[hash_of(phrase)][1] == originals

    def test_what_people_write_as_well_is_left_out(self) -> None:
        """A phrase goes whose lift is not over the least, and stays where there is less text."""
        phrases = {ids("the firm"): Counter({"": 8})}
        assert lift(8, 10_000, 2) < LEAST_PHRASE_LIFT < lift(8, 2000, 2)
        assert phrase_lifts(phrases, 10_000, model()).hashes.tolist() == []
        assert phrase_lifts(phrases, 2000, model()).hashes.tolist() == [hash_of("the firm")]

    def test_a_common_phrase_is_lifted_less(self) -> None:
        """People who write its first word four times as often are expected to begin the phrase as much oftener."""
        known = model()
        known.counts[IDS["commercial"]] *= 4
        known.total = float(known.counts.sum())
        table = phrase_lifts({ids("commercial enterprise"): Counter({"business": 8})}, 100.0, known)
        expected = 100 * 4 / (len(WORDS) + 3) * SHARE
        assert table.lift.tolist() == pytest.approx([math.log((8 + expected + 1) / (expected + 1))], rel=1e-4)
        assert table.lift[0] < lift(8, 100, 2)

    @pytest.mark.parametrize(("times", "kept"), [(FEWEST - 1, False), (FEWEST, True)])
    def test_what_was_seen_once_is_chance(self, times: int, *, kept: bool) -> None:
        """Parts and wholes count together."""
        phrases = {ids("as a result"): Counter({"": 1, "then": times - 1} if times > 1 else {"then": times})}
        assert len(phrase_lifts(phrases, 10.0, model()).hashes) == kept

    def test_originals_are_the_commonest(self) -> None:
        """Three of them, equals by their letters; none that could not be kept in the file."""
        own = Counter({"d": 2, "b": 4, "c": 2, "a": 1, "": 90, "x|y": 80, "e": 3})
        (found,) = phrase_lifts({ids("as a"): own}, 10.0, model()).originals
        assert found == ("b", "e", "c")

    def test_the_table_is_sorted_and_can_be_kept(self, tmp_path: Path) -> None:
        """Originals go with their phrases, whatever order the hashes have; what is found is what was put in."""
        pairs = [(one, other) for one in WORDS[3:] for other in WORDS[3:]]
        table = phrase_lifts({ids(f"{a} {b}"): Counter({f"{a} for {b}": 5}) for a, b in pairs}, 10.0, model())
        assert (table.hashes[1:] > table.hashes[:-1]).all()
        table.save(tmp_path)
        again = PhraseLifts.load(tmp_path)
        assert again.originals == table.originals
        for a, b in pairs:
            (entry,) = again.find(np.array(ids(f"{a} {b}"), np.int32)).entry.tolist()
            assert again.originals[entry] == (f"{a} for {b}",)

    def test_without_phrases_there_is_an_empty_table(self) -> None:
        """Of the kinds of numbers that a full one has."""
        table, full = (phrase_lifts(own, 10.0, model()) for own in ({}, {ids("as a"): Counter({"": 9})}))
        assert (len(table.hashes), len(table.lift), table.originals) == (0, 0, ())
        assert (table.hashes.dtype, table.lift.dtype) == (full.hashes.dtype, full.lift.dtype)


@dataclass(frozen=True)
class Puts:
    """A rewriter that puts one wording for another, wherever it stands."""

    old: str
    new: str

    def spin(self, text: str, _: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite every place at any rate but none."""
        at = text.find(self.old) if rate else -1
        return write(text, [Edit(at, at + len(self.old), self.new)] if at >= 0 else [])


STORY = "The business said then the firm said."
PHRASE, WORD, SAME = Puts("business", "commercial enterprise"), Puts("said", "stated"), Puts("nothing", "anything")


def save(made: NgramModel, folder: Path) -> None:
    """The files that the reader expects."""
    for name, hashed in (("bigram", made.bigrams), ("trigram", made.trigrams)):
        np.save(folder / f"{name}_keys.npy", hashed.keys)
        np.save(folder / f"{name}_values.npy", hashed.values)
    np.save(folder / "unigrams.npy", made.unigrams)
    np.save(folder / "counts.npy", made.counts)
    (folder / "vocabulary.txt").write_text("".join(f"{w}\n" for w in made.words), encoding="utf-8")
    (folder / HEADER).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")


def outlets(role: str, n: int) -> list[str]:
    """Outlets whose stories have a role."""
    names = (f"Outlet {i}" for i in range(10_000))
    return [name for name in names if role_of(f"world-news:{name}", SETS["world-news"].shares) == role][:n]


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of twelve reference stories, of which every third is rewritten, and of others; and small tables."""
    monkeypatch.setattr(confusions, "STORIES", {"world-news": 4})
    owners = [*outlets("reference", 12), *outlets("fit", 9)]
    rows = [{"id": f"s{i}", "text": STORY, "label": "human", "outlet": owner} for i, owner in enumerate(owners)]
    with lzma.open(tmp_path / "world-news.jsonl.xz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    save(model(ONE_WORD), tmp_path)
    return tmp_path


def count(folder: Path, spinners: Mapping[str, Spinner], weights: Sequence[float] = (1.0,) * 9) -> Confusions:
    """What each rewriter, from the list that names it, does to the stories."""
    names = [name.split("-")[0] for name in spinners]
    return count_confusions(folder, folder, list(spinners.values()), weights[: len(names)], names, seed=0, jobs=1)


def words_of(lifts: Lifts) -> dict[str, float]:
    """The words that have a lift."""
    return {WORDS[i]: float(lifts.words[i]) for i in np.flatnonzero(lifts.words)}


def hashes(lifts: Lifts) -> list[int]:
    """The phrases that have a lift."""
    found: list[int] = lifts.phrases.hashes.tolist()
    return found


class TestCount:
    """Rewriters at work."""

    def test_words_and_phrases_of_a_rewriter(self, counted: Path) -> None:
        """Each of the four stories has one phrase more and one word less."""
        seen = count(counted, {"one": PHRASE})
        assert hashes(seen.lifts) == [hash_of("commercial enterprise")]
        assert seen.lifts.phrases.originals == (("business",),)
        # Four times written and never by people, with one more on either side.
        assert seen.lifts.phrases.lift.tolist() == pytest.approx([math.log(5)], rel=1e-3)
        assert words_of(seen.lifts) == pytest.approx({w: math.log(5) for w in ("commercial", "enterprise")}, rel=1e-3)
        assert seen.pairs == {}

    def test_words_put_for_words_are_pairs(self, counted: Path) -> None:
        """A phrase is none, neither is what a rewriter left alone."""
        seen = count(counted, {"one": WORD})
        assert seen.pairs == {(IDS["stated"], IDS["said"]): 4}
        assert words_of(seen.lifts) == pytest.approx({"stated": math.log(5)}, rel=1e-3)
        assert hashes(seen.lifts) == []

    def test_a_rewriters_own_words_are_left_out(self, counted: Path) -> None:
        """What each is measured with comes of the others; who shares a list with another does not teach it either."""
        # How often a list is drawn for four stories is by chance, so that only what it wrote is asked for.
        seen = count(counted, {"phrases": PHRASE, "phrases-more": PHRASE, "words": WORD}, (1.0, 1.0, 2.0))
        without = dict(zip(("phrases", "phrases-more", "words"), seen.lifts_without, strict=True))
        assert set(words_of(seen.lifts)) == {"commercial", "enterprise", "stated"}
        for name in ("phrases", "phrases-more"):
            assert set(words_of(without[name])) == {"stated"}
            assert hashes(without[name]) == []
        assert set(words_of(without["words"])) == {"commercial", "enterprise"}
        assert hashes(without["words"]) == hashes(seen.lifts) == [hash_of("commercial enterprise")]

    def test_the_only_list_teaches_itself(self, counted: Path) -> None:
        """There is nobody else."""
        seen = count(counted, {"one": PHRASE, "one-more": PHRASE})
        for own in seen.lifts_without:
            assert own.words.tolist() == seen.lifts.words.tolist()
            assert hashes(own) == hashes(seen.lifts) != []

    def test_rewriters_are_drawn_by_weight(self, counted: Path) -> None:
        """One without weight is never asked."""
        seen = count(counted, {"phrases": PHRASE, "words": WORD}, (0.0, 1.0))
        assert set(words_of(seen.lifts)) == {"stated"}

    def test_a_rewriter_that_changes_nothing_teaches_nothing(self, counted: Path) -> None:
        """All lifts are zero, and there are no phrases."""
        seen = count(counted, {"one": SAME})
        assert (seen.pairs, words_of(seen.lifts), hashes(seen.lifts)) == ({}, {}, [])
        assert seen.lifts.words.dtype == np.float32

    def test_parts_are_added_up(self, counted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What workers count story by story is what one counts at once."""

        def numbers(seen: Confusions) -> list[NDArray[np.float32]]:
            return [seen.lifts.words, seen.lifts.phrases.lift, *(own.words for own in seen.lifts_without)]

        spinners = {"phrases": PHRASE, "words": WORD}
        whole = count(counted, spinners)
        monkeypatch.setattr(confusions, "_BATCH", 1)
        parts = count(counted, spinners)
        assert whole.pairs == parts.pairs
        assert [own.tolist() for own in numbers(whole)] == [own.tolist() for own in numbers(parts)]
        assert whole.lifts.phrases.originals == parts.lifts.phrases.originals
