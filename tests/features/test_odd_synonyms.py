"""Odd synonyms and rewriters' phrases: the columns of an article, and the marks on words and phrases."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import features
from features.document import Document
from features.feature import Evidence
from features.language_model.alternatives import Alternatives
from features.language_model.analysis import Analyst
from features.language_model.ngrams import SPECIAL, HashTable, NgramModel, hash_ngrams
from features.language_model.phrase_lifts import NONE, PhraseLifts
from features.language_model.topics import Topics
from features.language_model.windows import INPUTS, Resources, word_lift
from features.language_model.word_classes import WordClasses, share_of_class
from features.language_model.word_model import WordModel
from features.odd_synonyms import MARK, NAMED, PHRASE_MARK, OddSynonyms

WORDS = (*SPECIAL, *"the firm commercial enterprise stated said grew ,".split(), "in", "brief", "it")
IDS = {word: i for i, word in enumerate(WORDS)}
ODD = 2.0
"""Log-odds of “stated”, the only word with a high lift."""

Entries = dict[str, tuple[float, tuple[str, ...]]]
BUSINESS: Entries = {"commercial enterprise": (2.5, ("business",))}


def table(entries: Entries) -> PhraseLifts:
    """Returns a table of phrases in the required order."""
    if not entries:
        return NONE
    hashed = [
        (int(hash_ngrams(*(np.array([IDS[w]], np.int32) for w in phrase.split()))[0]), *entry)
        for phrase, entry in entries.items()
    ]
    hashes, lift, originals = zip(*sorted(hashed), strict=True)
    return PhraseLifts(np.array(hashes, np.uint64), np.array(lift, np.float32), originals)


def linear(weights: dict[str, float], bias: float) -> WordModel:
    """Returns a linear word model: log-odds are the bias plus weighted inputs."""
    column = np.array([[weights.get(name, 0.0)] for name in INPUTS], np.float32)
    return WordModel(
        np.zeros(len(INPUTS), np.float32),
        np.ones(len(INPUTS), np.float32),
        (column[np.newaxis],),
        (np.array([[[bias]]], np.float32),),
    )


def feature(entries: Entries, *, of_phrases: float = 1.0, bias: float = -3.0) -> OddSynonyms:
    """Returns the feature with small tables. “stated” is odd for “said”; words in phrases count by their lift."""
    counts = np.full(len(WORDS), 50, np.uint32)
    nothing = np.zeros(2, np.uint64)
    ngrams = NgramModel(
        WORDS,
        np.array([np.full(len(WORDS), -3.0), np.zeros(len(WORDS))], np.float32),
        counts,
        HashTable(nothing, np.zeros(8, np.uint16)),
        HashTable(nothing, np.zeros(8, np.uint8)),
    )
    stated = IDS["stated"]
    offsets = np.array([0] * (stated + 1) + [1] * (len(WORDS) - stated), np.int32)
    lift: NDArray[np.float32] = np.zeros(len(WORDS), np.float32)
    lift[stated] = 1.0
    alternatives = Alternatives(offsets, np.array([IDS["said"]], np.int32), np.zeros(1, np.float32), lift)
    of = np.zeros(len(WORDS), np.uint8)
    resources = Resources(
        ngrams,
        alternatives,
        word_lift(ngrams, alternatives),
        WordClasses(of, np.zeros((1, 1, 1), np.uint8), share_of_class(of, counts)),
        Topics(np.zeros((0, 2), np.int8)),
        table(entries),
    )
    return OddSynonyms(Analyst(resources, linear({"phrase_lift": of_phrases, "observed_lift": ODD - bias}, bias)))


def marks(text: str, entries: Entries, *, of_phrases: float = 1.0, bias: float = -3.0) -> dict[str, Evidence]:
    """Returns the marks of a text by their wording, in order."""
    found = feature(entries, of_phrases=of_phrases, bias=bias).measure(Document(text)).evidence
    assert len({mark.span for mark in found}) == len(found)
    assert list(found) == sorted(found, key=lambda mark: mark.span)
    return {text[mark.span.start : mark.span.end]: mark for mark in found}


def p(log_odds: float) -> float:
    """Returns the probability, rounded as in a mark."""
    return round(1 / (1 + math.exp(-log_odds)), 4)


class TestWords:
    """Marks on single words."""

    def test_an_odd_word_is_marked_with_what_it_was(self) -> None:
        """The mark's weight is the word's probability. Other words have no mark."""
        (mark,) = marks("The firm stated it", {}).values()
        assert mark.feature == "odd_synonyms"
        assert mark.expected == ("said",)
        assert mark.weight == pytest.approx(p(ODD), abs=1e-4)
        assert mark.message == "“stated” is an odd word choice here. “said” would be usual."

    def test_a_prefix_written_apart_names_no_original(self) -> None:
        """Thesauri know `ex` and `non` as other words only."""
        analyst = Analyst.load(Path(features.__file__).parent / "tables")
        document = Document("The ex minister made a non binding offer to the board.")
        analysis = analyst.analyse(document)
        found = OddSynonyms(analyst).mark(document, analysis, np.ones(len(analysis.log_odds)), MARK)
        expected = {document[mark.span]: mark.expected for mark in found}
        assert expected["ex"] == expected["non"] == ()
        assert expected["offer"]

    def test_an_odd_word_without_alternatives(self) -> None:
        """The mark has no likely original."""
        found = marks("The firm grew", {}, bias=1.0)
        assert {wording: mark.expected for wording, mark in found.items()} == {"The": (), "firm": (), "grew": ()}
        assert found["grew"].message == "“grew” is an odd word choice here."


class TestPhrases:
    """Marks on whole phrases."""

    def test_a_phrase_has_one_mark(self) -> None:
        """The phrase's words have no separate marks; the words around it keep theirs."""
        found = marks("The commercial enterprise stated it", BUSINESS)
        assert list(found) == ["commercial enterprise", "stated"]
        mark = found["commercial enterprise"]
        assert mark.feature == "odd_synonyms"
        assert mark.expected == ("business",)
        assert mark.message == "“commercial enterprise” is what rewriters often write for “business”."
        assert mark.weight == pytest.approx(p(2.5 - 3.0), abs=1e-4)
        assert found["stated"].expected == ("said",)

    def test_marks_come_in_order_of_place(self) -> None:
        """The marks of words before a phrase come first."""
        assert list(marks("It stated the commercial enterprise grew", BUSINESS)) == ["stated", "commercial enterprise"]

    def test_originals_take_the_capitals_of_the_phrase(self) -> None:
        """At the beginning of a sentence, originals have a capital."""
        found = marks("Commercial enterprise grew", BUSINESS)
        assert found["Commercial enterprise"].expected == ("Business",)
        assert (
            found["Commercial enterprise"].message
            == "“Commercial enterprise” is what rewriters often write for “Business”."
        )

    def test_a_phrase_weighs_what_its_oddest_word_does(self) -> None:
        """One odd word anywhere in the phrase is enough, and loses its own mark."""
        for phrase in ("stated it", "firm stated"):
            found = marks("The firm stated it", {phrase: (2.0, ("announced",))}, of_phrases=0.0)
            assert list(found) == [phrase]
            assert found[phrase].weight == pytest.approx(p(ODD), abs=1e-4)

    def test_a_phrase_of_unsuspicious_words_is_not_marked(self) -> None:
        """Such a phrase is not marked, however high its lift."""
        assert marks("The commercial enterprise grew", {"commercial enterprise": (9.0, ())}, of_phrases=0.0) == {}

    @pytest.mark.parametrize(("above", "marked"), [(0.01, True), (-0.01, False)])
    def test_an_odd_enough_word_makes_a_mark(self, above: float, *, marked: bool) -> None:
        """Marks need at least the minimum probability."""
        bias = math.log(MARK / (1 - MARK)) + above
        found = marks("Commercial enterprise", BUSINESS, of_phrases=0.0, bias=bias)
        assert bool(found) is marked

    def test_a_phrase_that_people_write_as_well_is_not_marked_as_one(self) -> None:
        """Below the limit, only the odd words are marked; at the limit, the phrase is."""
        weak: Entries = {"firm stated": (PHRASE_MARK - 0.125, ("business said",))}
        strong: Entries = {"firm stated": (PHRASE_MARK, ("business said",))}
        assert list(marks("The firm stated it", weak)) == ["stated"]
        assert list(marks("The firm stated it", strong)) == ["firm stated"]

    def test_a_phrase_that_stands_for_nothing_is_marked_as_such(self) -> None:
        """Some phrases of rewriters have no original."""
        found = marks("The commercial enterprise grew", {"commercial enterprise": (3.0, ())})
        mark = found["commercial enterprise"]
        assert mark.expected == ()
        assert mark.message == "“commercial enterprise” is a phrase that rewriters write far more often than people."

    def test_originals_are_named_up_to_a_number(self) -> None:
        """The most common come first."""
        many = tuple("abcdef")
        found = marks("The commercial enterprise grew", {"commercial enterprise": (3.0, many)})
        assert found["commercial enterprise"].expected == many[:NAMED]

    def test_of_phrases_that_overlap_the_strongest_is_marked(self) -> None:
        """The other phrase's remaining words are marked as single words."""
        entries: Entries = {"commercial enterprise": (5.0, ("business",)), "enterprise stated": (4.0, ())}
        found = marks("The commercial enterprise stated it", entries)
        assert list(found) == ["commercial enterprise", "stated"]
        assert found["stated"].weight == pytest.approx(p(ODD + 4.0), abs=1e-4)

    def test_a_phrase_is_marked_wherever_it_stands(self) -> None:
        """It is marked in the first sentence and in later ones, but not across two sentences."""
        text = "The firm grew. It grew in brief. In brief, the firm grew in. Brief it grew."
        found = feature({"in brief": (4.0, ("shortly",))}).measure(Document(text)).evidence
        assert [text[m.span.start : m.span.end] for m in found] == ["in brief", "In brief"]
        assert [m.expected for m in found] == [("shortly",), ("Shortly",)]

    def test_a_phrase_may_hold_marks(self) -> None:
        """A comma in a phrase is not a word, but is part of the mark."""
        found = marks("It grew, in brief, the firm", {"grew , in": (4.0, ("rose in",))})
        assert list(found) == ["grew, in"]
        assert found["grew, in"].weight == pytest.approx(p(1.0), abs=1e-4)


class TestColumns:
    """The columns that phrases give an article."""

    def test_phrases_by_hand(self) -> None:
        """Of six words, two are in a phrase of 2.5 nats. Another is in one of 1.25 nats that overlaps it."""
        entries: Entries = {"commercial enterprise": (2.5, ()), "enterprise grew": (1.25, ())}
        values = feature(entries).measure(Document("The commercial enterprise grew, it stated.")).values
        assert values["odd_phrases_nats_per_word"] == pytest.approx((2.5 + 2.5 + 1.25) / 6)
        assert values["odd_phrases_over_1_nats_per_1000_words"] == pytest.approx(3000 / 6)
        assert values["odd_phrases_over_2_nats_per_1000_words"] == pytest.approx(2000 / 6)
        assert values["odd_phrases_over_3_nats_per_1000_words"] == 0.0

    def test_a_lift_is_over_a_limit_or_not(self) -> None:
        """A lift equal to a limit does not count as above it."""
        values = feature({"in brief": (2.0, ())}).measure(Document("in brief")).values
        assert values["odd_phrases_over_1_nats_per_1000_words"] == 1000.0
        assert values["odd_phrases_over_2_nats_per_1000_words"] == 0.0

    def test_a_text_without_phrases(self) -> None:
        """The value is zero, not NaN, because the text has words."""
        values = feature(BUSINESS).measure(Document("The firm stated it")).values
        assert {v for name, v in values.items() if name.startswith("odd_phrases_")} == {0.0}

    def test_a_text_without_words_is_not_measured(self) -> None:
        """All columns are NaN, and nothing is marked."""
        measured = feature(BUSINESS).measure(Document("2019, 7!"))
        assert all(math.isnan(value) for value in measured.values.values())
        assert not measured.evidence

    def test_every_column_has_its_value_and_keeps_its_range(self) -> None:
        """The values fit the columns and their ranges, however strong the phrases."""
        made = feature({"commercial enterprise": (15.0, ())})
        values = made.measure(Document("Commercial enterprise. " * 5)).values
        assert set(values) == {column.name for column in made.columns}
        assert len(values) == len(made.columns)
        for column in made.columns:
            assert math.isnan(values[column.name]) or column.low <= values[column.name] <= column.high, column.name
        assert values["odd_phrases_nats_per_word"] == 15.0

    def test_limits_are_told_as_times(self) -> None:
        """Reports state the limits as factors, not in nats."""
        meaning = {c.name: c.meaning for c in feature({}).columns}
        for limit, times in ((1, 3), (2, 7), (3, 20)):
            assert f"over {times} times as often" in meaning[f"odd_phrases_over_{limit}_nats_per_1000_words"]
