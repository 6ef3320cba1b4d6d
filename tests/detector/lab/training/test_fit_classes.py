"""Sorting the vocabulary into classes, and counting which follows which."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.lab.training.fit_classes import CLASSES, ENDINGS, fit_classes
from features.language_model.ngrams import SPECIAL, STEPS
from features.language_model.word_classes import WordClasses, share_of_class

WORDS = (*SPECIAL, "boats", "sailed", "sailing", "slowly", "harbour", "'s", "0000", "nets")
BOATS, SAILED, SAILING, SLOWLY, HARBOUR, CLITIC, YEAR, NETS = range(3, 11)
# Special words, then words by ending: s, ed, ing, ly, marks and figures, all others.
BY_ENDING = [0, 1, 2, 3, 4, 5, 6, 8, 7, 7, 3]
OWN = len(SPECIAL) + len(ENDINGS) + 2
NO_VECTORS = np.zeros((len(WORDS), 2), np.float32)


def counts_of(words: Sequence[str]) -> NDArray[np.uint32]:
    """Each word oftener than the next."""
    return np.arange(10 * len(words), 9 * len(words), -1).astype(np.uint32)


def fitted(
    ids: Sequence[int], words: Sequence[str] = WORDS, vectors: NDArray[np.float32] = NO_VECTORS, seed: int = 0
) -> WordClasses:
    """Learnt from a text."""
    return fit_classes(words, counts_of(words), vectors, np.array(ids, np.int32), seed=seed)


def grouped(groups: int, each: int, dimensions: int = 3) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Words with vectors, so many groups of which each is close together and far from the others."""
    words = (*SPECIAL, *(f"word{chr(97 + g)}{chr(97 + i)}" for g in range(groups) for i in range(each)))
    centres = np.eye(groups, dimensions) * 10
    noise = np.random.default_rng(0).normal(0, 0.01, (groups * each, dimensions))
    vectors = np.vstack([np.full((len(SPECIAL), dimensions), 5.0), np.repeat(centres, each, axis=0) + noise])
    return words, vectors.astype(np.float32)


class TestClasses:
    """Which words form a class."""

    def test_words_without_a_vector_are_sorted_by_ending(self) -> None:
        """Special words stand alone; figures and clitics are one class, and words of no known ending another."""
        made = fitted([BOATS, SAILED])
        assert made.of.tolist() == BY_ENDING
        assert made.of.dtype == np.uint8
        assert made.trigrams.shape == (OWN, OWN, OWN)

    def test_words_that_stand_in_the_same_places_form_a_class(self) -> None:
        """As many classes as there are groups of vectors, each a group, after those of the words without a vector."""
        words, vectors = grouped(3, 4)
        of = fitted([3, 4, 5], words, vectors).of
        classes = [set(of[len(SPECIAL) + 4 * g :][:4].tolist()) for g in range(3)]
        assert all(len(own) == 1 for own in classes)
        assert set.union(*classes) == {OWN, OWN + 1, OWN + 2}

    def test_special_words_keep_their_classes(self) -> None:
        """A vector of theirs does not count: what is unknown stands in all places."""
        words, vectors = grouped(2, 8)
        assert vectors[: len(SPECIAL)].all()
        assert fitted([3], words, vectors).of[: len(SPECIAL)].tolist() == list(range(len(SPECIAL)))

    def test_the_rest_of_a_vocabulary_has_no_vectors(self) -> None:
        """Vectors are of the most frequent words; a word of them that never stood beside another has zeros."""
        words, vectors = grouped(2, 4)
        vectors[3] = 0.0
        vectors = np.vstack([vectors, vectors[-1:]])
        more = (*words, "another", "sailing", "boats")
        of = fitted([3], more, vectors).of
        assert of[3] == OWN - 1
        assert of[len(words)] == of[len(words) - 1] >= OWN
        assert of[len(words) + 1 :].tolist() == [len(SPECIAL) + ENDINGS.index("ing"), len(SPECIAL) + ENDINGS.index("s")]

    def test_a_few_words_make_no_clusters(self) -> None:
        """Of fewer than eight words with a vector nothing is learnt."""
        words, vectors = grouped(1, 7)
        made = fitted([3, 4], words, vectors)
        assert made.of[len(SPECIAL) :].tolist() == [OWN - 1] * 7
        assert made.trigrams.shape == (OWN, OWN, OWN)

    def test_there_are_never_more_classes_than_stated(self) -> None:
        """They must go into a byte, and their trigrams into the package."""
        words, vectors = grouped(CLASSES, 5, CLASSES)
        made = fitted([3, 4, 5], words, vectors)
        assert made.trigrams.shape == (CLASSES, CLASSES, CLASSES)
        assert OWN < int(made.of.max()) < CLASSES

    def test_the_same_seed_gives_the_same_classes(self) -> None:
        """A training can be repeated."""
        words, vectors = grouped(6, 8, 6)
        text = [3 + i * i % 48 for i in range(200)]
        one, again = fitted(text, words, vectors), fitted(text, words, vectors)
        assert one.of.tolist() == again.of.tolist()
        assert one.trigrams.tobytes() == again.trigrams.tobytes()


class TestTrigrams:
    """Which class follows which."""

    def test_probabilities_by_hand(self) -> None:
        """Shares of what was counted, drawn to those of two classes, and these to those of one."""
        made = fitted([BOATS, SAILED] * 10)
        nouns, verbs = made.of[BOATS], made.of[SAILED]
        # Ten words of either class, and one more of each of the nine classes.
        single = (10 + 1) / (20 + OWN)
        nouns_after_verbs = (9 + 20 * single) / (9 + 20)
        verbs_after_nouns = (10 + 20 * single) / (10 + 20)
        for key, p in {
            (nouns, verbs, nouns): (9 + 8 * nouns_after_verbs) / (9 + 8),
            (verbs, nouns, verbs): (9 + 8 * verbs_after_nouns) / (9 + 8),
            # Two classes that never met: what the second alone is followed by.
            (nouns, nouns, verbs): verbs_after_nouns,
            # Neither was ever seen: one class alone.
            (5, 5, nouns): single,
            (5, 5, 5): 1 / (20 + OWN),
        }.items():
            assert int(made.trigrams[key]) == round(-STEPS * math.log(p)), key

    @pytest.mark.parametrize("length", [0, 1, 2, 3, 400])
    def test_shares_of_what_follows_sum_to_one(self, length: int) -> None:
        """After any two classes, but for rounding, however short the text."""
        text = [(i * i + 3 * i) % len(WORDS) for i in range(length)]
        sums = np.exp(fitted(text).trigrams / -STEPS).sum(axis=2)
        assert sums == pytest.approx(np.ones((OWN, OWN)), abs=0.03)

    def test_what_words_never_did_their_classes_did(self) -> None:
        """“nets” never “sailed”; that a plural stands before a past tense is known of “boats”."""
        made = fitted([HARBOUR, BOATS, SAILED, SLOWLY] * 20 + [NETS])
        context = tuple(np.array([word], np.int32) for word in (SLOWLY, HARBOUR, SAILED, SLOWLY))
        plural, adverb = made.terms(context, np.array([NETS, SLOWLY], np.int32), np.zeros(2, np.int64)).sum(axis=0)
        assert plural > adverb + 3

    def test_shares_of_classes_are_by_the_counts_given(self) -> None:
        """And not by what stands in the text, which may be a part of what was counted."""
        made = fitted([BOATS])
        assert made.within.tolist() == share_of_class(made.of, counts_of(WORDS)).tolist()


def test_what_is_learnt_can_be_kept(tmp_path: Path) -> None:
    """The reader takes it with the counts that it was learnt with."""
    words, vectors = grouped(3, 4)
    made = fitted([3, 9, 12, 5] * 6, words, vectors)
    made.save(tmp_path)
    again = WordClasses.load(tmp_path, counts_of(words))
    for name in ("of", "trigrams", "within"):
        assert getattr(again, name).tolist() == getattr(made, name).tolist()
