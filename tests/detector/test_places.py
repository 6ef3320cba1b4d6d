"""Words and sentences in the light of the article."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.places import MARK, score_sentences, settle, weigh, word_inputs
from features.document import Document, Span
from features.feature import Evidence

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


def test_the_article_decides_about_a_doubtful_word() -> None:
    """The same odd word is marked in a spun article and let pass in a clean one."""
    mark = Evidence("odd_synonyms", Span(0, 4), "odd", ("said",), 0.6)
    (heavier,) = weigh([mark], "odd_synonyms", EVENLY, 3.0)
    assert heavier.weight > 0.9
    assert weigh([mark], "odd_synonyms", EVENLY, -3.0) == []


def test_other_marks_keep_their_weight() -> None:
    """Only the marks of the named feature are weighed, and the order stays."""
    other = Evidence("tell_tales", Span(0, 4), "tell-tale", ("talks",), MARK / 2)
    own = Evidence("odd_synonyms", Span(5, 9), "odd", (), 0.99)
    weighed = weigh([own, other], "odd_synonyms", EVENLY, -1.0)
    assert [m.feature for m in weighed] == ["odd_synonyms", "tell_tales"]
    assert weighed[1] is other


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_certain_words_stay_finite(weight: float) -> None:
    """Probabilities of 0 and 1 have no log-odds; they count as very small and very large."""
    weighed = weigh([Evidence("odd_synonyms", Span(0, 4), "odd", (), weight)], "odd_synonyms", EVENLY, 0.0)
    assert [round(m.weight) for m in weighed] == ([1] if weight else [])


def test_no_marks() -> None:
    """An article without marks is no special case."""
    assert weigh([], "odd_synonyms", EVENLY, 0.0) == []
    assert settle([]) == []


def test_word_inputs_are_bounded() -> None:
    """One absurd value cannot outweigh everything."""
    inputs = word_inputs(np.array([1e6, -1e6]), 1e6)
    assert np.abs(inputs).max() <= 10


def test_sentences() -> None:
    """Each sentence has its score, one of fewer than three words has none, and odder words score higher."""
    document = Document("No. The board had accepted to pay. The board had agreed to pay.")
    starts = np.array([word.start for word in document.words])
    odds = np.array([9.0, 0.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0, -4.0, 0.0, 0.0])
    none, odd, plain = score_sentences(document, starts, odds, EVENLY, 0.0)
    assert math.isnan(none.probability)
    assert odd.probability > plain.probability
    assert [s.span for s in (none, odd, plain)] == list(document.sentences)


def test_a_document_without_words() -> None:
    """Only marks: sentences are there, unscored."""
    document = Document("*** --- ***")
    scores = score_sentences(document, np.empty(0, np.int64), np.empty(0), EVENLY, 0.0)
    assert all(math.isnan(s.probability) for s in scores)
    assert len(scores) == len(document.sentences)
