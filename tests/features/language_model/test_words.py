"""Words beside their alternatives: the numbers of the windows, taken apart."""

import math
from pathlib import Path

import numpy as np
import pytest

import features
from features.document import Document
from features.language_model.analysis import Analyst
from features.language_model.windows import INPUTS
from features.language_model.words import Word, words_of

TEXT = (
    "The two sides accepted to meet again, a source stated on situation of anonymity. “We agreed,” she said; "
    "but nobody would say where the discussions on the Xylqrt bridge are to be held."
)


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    """The tables that come with the package."""
    return Analyst.load(Path(features.__file__).parent / "tables")


@pytest.fixture(scope="module")
def words(analyst: Analyst) -> tuple[Word, ...]:
    """The words of the text."""
    return words_of(Document(TEXT), analyst)


def test_every_word_in_order(words: tuple[Word, ...]) -> None:
    """Each alphabetic word once, where it stands."""
    assert [TEXT[slice(*word.span)] for word in words] == [word.text for word in words]
    assert [word.text for word in words][:4] == ["The", "two", "sides", "accepted"]
    starts = [word.span.start for word in words]
    assert starts == sorted(set(starts))


def test_somebody_meant_something(words: tuple[Word, ...]) -> None:
    """The written word and its alternatives share all of the probability; without alternatives the word was meant."""
    for word in words:
        assert word.posterior + sum(a.posterior for a in word.alternatives) == pytest.approx(1.0)
        assert word.alternatives or word.posterior == 1.0


def test_gain_is_the_sum_of_its_terms(words: tuple[Word, ...]) -> None:
    """What an alternative gains it gains from what stands around it."""
    for word in words:
        for alternative in word.alternatives:
            assert alternative.gain == pytest.approx(sum(alternative.terms), abs=1e-4)


def test_most_probable_alternative_first(words: tuple[Word, ...]) -> None:
    """In the order in which originals are named."""
    for word in words:
        posteriors = [a.posterior for a in word.alternatives]
        assert posteriors == sorted(posteriors, reverse=True)
        assert math.isnan(word.gain) if not word.alternatives else word.gain == word.alternatives[0].gain


def test_numbers_are_those_of_the_windows(words: tuple[Word, ...], analyst: Analyst) -> None:
    """The same probability, surprise and gain that the features were made of."""
    analysis = analyst.analyse(Document(TEXT))
    inputs = analysis.windows.inputs
    np.testing.assert_allclose([word.probability for word in words], analysis.probability)
    np.testing.assert_allclose([word.surprise for word in words], analysis.windows.surprise, rtol=1e-6)
    gains = [12.0 if not w.alternatives else min(12.0, max(-12.0, w.gain)) for w in words]
    expected = np.where(inputs[:, INPUTS.index("alternatives")] > 0, inputs[:, INPUTS.index("gain")], 12.0)
    np.testing.assert_allclose(gains, expected, atol=1e-4)


def test_odd_word_names_its_original(words: tuple[Word, ...]) -> None:
    """`accepted to` was `agreed to`, and `situation of anonymity` was `condition of anonymity`."""
    found = {word.text: word for word in words}
    assert found["accepted"].alternatives[0].text == "agreed"
    assert found["situation"].alternatives[0].text == "condition"
    assert found["situation"].probability > found["sides"].probability


def test_nothing_to_read(analyst: Analyst) -> None:
    """A text without words has none."""
    assert words_of(Document(""), analyst) == words_of(Document("1,000 - 2.5"), analyst) == ()
