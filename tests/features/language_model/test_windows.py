"""Words in their windows, over tables counted by hand."""

import numpy as np
import pytest

from features.document import Document
from features.language_model.alternatives import Alternatives
from features.language_model.ngrams import SPECIAL, HashTable, NgramModel, hash_ngrams
from features.language_model.phrase_lifts import PhraseLifts
from features.language_model.topics import UNIT, Topics
from features.language_model.windows import INPUTS, Resources, inside, measure_windows, pairs, word_lift
from features.language_model.word_classes import WordClasses, share_of_class

WORDS = (*SPECIAL, "said", "stated", "soon")
SAID, STATED, SOON = 3, 4, 5
EMPTY = np.zeros(2, np.uint64)
# Verbs of saying are of one class, and “soon” of another that mostly follows them.
OF = np.array([0, 0, 1, 2, 2, 3], np.uint8)


def resources() -> Resources:
    """Tables without n-grams, in which “said” is three nats likelier than “stated”, its only rewriting."""
    log_p = np.array([-8.0, -8.0, -3.0, -2.0, -5.0, -6.0])
    ngrams = NgramModel(
        WORDS,
        np.stack([log_p, np.zeros(6)]).astype(np.float32),
        np.array([1, 1, 50, 400, 20, 8], np.uint32),
        HashTable(EMPTY, np.zeros(8, np.uint16)),
        HashTable(EMPTY, np.zeros(8, np.uint8)),
    )
    lift = np.zeros(6, np.float32)
    lift[STATED] = 1.25
    table = Alternatives(
        np.array([0, 0, 0, 0, 0, 1, 1], np.int32), np.array([SAID], np.int32), np.zeros(1, np.float32), lift
    )
    trigrams = np.full((4, 4, 4), 80, np.uint8)
    trigrams[:, 2, 3] = 16
    classes = WordClasses(OF, trigrams, share_of_class(OF, ngrams.counts))
    topics = Topics((UNIT * np.eye(6, 4, k=-2)).astype(np.int8))
    said_soon = hash_ngrams(np.array([STATED], np.int32), np.array([SOON], np.int32))
    phrases = PhraseLifts(said_soon, np.array([2.5], np.float32), (("announced",),))
    return Resources(ngrams, table, word_lift(ngrams, table), classes, topics, phrases)


def column(text: str, name: str) -> list[float]:
    """One input of all words of a text."""
    values: list[float] = measure_windows(Document(text), resources()).inputs[:, INPUTS.index(name)].tolist()
    return values


def test_a_likelier_alternative_is_a_gain() -> None:
    """A word whose alternative fits better has a positive gain; a word without alternatives has none."""
    assert column("Officials stated soon", "gain") == pytest.approx([0.0, 3.0, 0.0])
    assert column("Officials stated soon", "better_alternatives") == [0.0, 1.0, 0.0]
    assert column("Officials said soon", "gain") == [0.0, 0.0, 0.0]


def test_channel_is_lowest_without_alternatives() -> None:
    """Nobody can have meant another word where there is none."""
    assert column("Officials said", "channel") == [-12.0, -12.0]
    assert column("Officials stated", "channel")[1] > 3.0


def test_unknown_words_and_capitals_are_flagged() -> None:
    """Names and unknown words are flagged as such, capitals and sentence starts where they stand."""
    assert column("Officials said flummoxed", "unknown") == [1.0, 0.0, 1.0]
    assert column("Officials said flummoxed", "capital") == [1.0, 0.0, 0.0]
    assert column("Officials said flummoxed", "sentence_start") == [1.0, 0.0, 0.0]
    assert column("Officials stated", "observed_lift") == [0.0, 1.25]


def test_neighbours_are_shifted() -> None:
    """Each word carries what was measured before and after it, 0 at the edges."""
    channel = column("said stated soon", "channel")
    assert column("said stated soon", "channel_before") == [0.0, *channel[:-1]]
    assert column("said stated soon", "channel_2_after") == [channel[2], 0.0, 0.0]
    assert column("said", "channel_before") == [0.0]


def test_recurring_words_are_pooled() -> None:
    """A recurring word carries the log of its other occurrences and their mean gain."""
    assert column("stated soon stated", "recurrence") == pytest.approx([np.log(2.0), 0.0, np.log(2.0)])
    assert column("stated soon stated", "gain_same") == pytest.approx([3.0, 0.0, 3.0])


def test_unknown_words_recur_by_themselves() -> None:
    """Two of them are two words; the same twice, with a capital or without, is one that recurs."""
    assert column("Nixon said flummoxed", "recurrence") == [0.0, 0.0, 0.0]
    assert column("flummoxed said baffled", "recurrence") == [0.0, 0.0, 0.0]
    assert column("Flummoxed said flummoxed", "recurrence") == pytest.approx([np.log(2.0), 0.0, np.log(2.0)])


def test_an_alternative_is_found_among_unknown_words() -> None:
    """The best alternative is looked for by its own id, whatever other words the vocabulary lacks."""
    text = "Nixon baffled stated said flummoxed said"
    assert column(text, "recurrence_best") == pytest.approx([0.0, 0.0, np.log(3.0), 0.0, 0.0, 0.0])


def test_a_word_is_as_frequent_as_it_is_by_itself() -> None:
    """Names and unknown words have no count, whatever all of them together have."""
    assert column("Officials stated flummoxed", "log_frequency") == pytest.approx([0.0, np.log(21.0), 0.0])
    assert column("Officials stated flummoxed", "log_frequency_best") == pytest.approx([0.0, np.log(401.0), 0.0])


def test_no_words_no_rows() -> None:
    """Digits and marks are not measured."""
    windows = measure_windows(Document("12 - 14"), resources())
    assert windows.inputs.shape == (0, len(INPUTS))
    assert windows.row.size == 0


def test_quotes_are_seen() -> None:
    """Words between quotation marks are inside, others are not."""
    assert column("“stated soon” said", "quoted") == [1.0, 1.0, 0.0]
    assert inside(Document("said soon"), np.array([0, 5])).tolist() == [False, False]


def test_unseen_pairs_of_common_words_are_surprising() -> None:
    """The deficit grows with how often chance would make the pair; special ids are not judged."""
    seen, deficit = pairs(
        resources().ngrams, np.array([SAID, SOON, 0], np.int32), np.array([STATED, STATED, 0], np.int32)
    )
    assert not seen.any()
    assert deficit[0] > deficit[1] > deficit[2] == 0.0


def test_lift_is_of_words_with_alternatives() -> None:
    """A thesaurus would write “stated” as often as people write “said”."""
    assert resources().lift.tolist() == pytest.approx([0, 0, 0, 0, np.log(401 / 21), 0])


def test_classes_know_a_construction_that_words_do_not() -> None:
    """“soon” stands where its class stands after a verb of saying, and not after a name."""
    assert column("said soon", "class_left")[1] == pytest.approx(-1.0)
    assert column("Officials soon", "class_left")[1] == pytest.approx(-5.0)
    assert column("Officials stated soon", "class_gain") == [0.0, 0.0, 0.0]
    assert column("Officials stated soon", "class_gain_highest")[1] == pytest.approx(np.log(400.5 / 20.5))
    assert column("Officials stated soon", "class_gain_highest")[0] == -12.0


def test_a_text_of_too_few_known_words_has_no_subject() -> None:
    """Of four different words nobody knows what they are about."""
    assert column("said stated soon", "topic") == [0.0, 0.0, 0.0]
    assert column("said stated soon", "topic_known") == [0.0, 0.0, 0.0]


def test_words_in_phrases_of_rewriters_carry_their_lift() -> None:
    """Both words of the phrase, and none beside it."""
    assert column("said stated soon said", "phrase_lift") == [0.0, 2.5, 2.5, 0.0]
    assert column("stated said soon", "phrase_lift") == [0.0, 0.0, 0.0]
