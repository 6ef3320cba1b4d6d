"""Classes of words, and which class follows which: what fits where, even for words that never met.

A missing word trigram says little about a rare topic: nobody had written of `prebiotic alphabets` before. The classes
still show that a noun stands where nouns stand, and a rewriter that ignores word classes breaks this. Words that stand
in the same places form a class, and all trigrams of classes are counted (Brown et al. 1992; classes by clustering
vectors as in Uszkoreit & Brants 2008).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.language_model.arrays import open_array
from features.language_model.ngrams import STEPS, Floats, Ids

CLASSES, TRIGRAMS = "word_classes.npy", "class_trigrams.npy"
"""Files in a folder of tables."""

_LOG_P = (np.arange(256) / -STEPS).astype(np.float32)


@dataclass(frozen=True)
class WordClasses:
    """A trigram model of classes.

    Parameters
    ----------
    of : ndarray of uint8, shape (vocabulary,)
        The class of each word.
    trigrams : ndarray of uint8, shape (classes, classes, classes)
        -log p(third class | first, second) in 1/16 nat.
    within : ndarray of float32, shape (vocabulary,)
        Log of each word's share of its class.
    """

    of: NDArray[np.uint8]
    trigrams: NDArray[np.uint8]
    within: Floats

    @classmethod
    def load(cls, folder: Path, counts: NDArray[np.uint32]) -> "WordClasses":
        """Open the tables of a folder as memory maps. ``counts`` are those of the vocabulary's words.

        Raises ValueError if they are damaged, made for another vocabulary, or do not match, and OSError if one of them
        cannot be read.
        """
        of, trigrams = open_array(folder / CLASSES, np.uint8, 1), open_array(folder / TRIGRAMS, np.uint8, 3)
        classes = len(trigrams)
        if of.shape != counts.shape or trigrams.shape != (classes,) * 3 or classes <= int(of.max(initial=0)):
            message = f"the word classes in {folder} do not fit the vocabulary: train again or reinstall unspin"
            raise ValueError(message)
        return cls(of, trigrams, share_of_class(of, counts))

    def save(self, folder: Path) -> None:
        """Write what :meth:`load` reads."""
        np.save(folder / CLASSES, self.of)
        np.save(folder / TRIGRAMS, self.trigrams)

    def terms(self, context: tuple[Ids, ...], word: Ids, row: NDArray[np.int64]) -> Floats:
        """Return how well the class of each word fits the classes around it, in nats, shape (3, words).

        ``context`` and ``row`` are as for :func:`features.language_model.windows.window_terms`.
        """
        # One gather per term from the flat cube. Parts of an index that do not involve the word are computed once per
        # row.
        classes = len(self.trigrams)
        flat = self.trigrams.reshape(-1)
        second_left, left, right, second_right = (self.of[column].astype(np.int32) for column in context)
        own = self.of[word].astype(np.int32)
        places = (
            ((second_left * classes + left) * classes)[row] + own,
            (left * classes * classes + right)[row] + own * classes,
            (right * classes + second_right)[row] + own * (classes * classes),
        )
        terms: Floats = _LOG_P[np.stack([flat[place] for place in places])]
        return terms


def share_of_class(of: NDArray[np.uint8], counts: NDArray[np.uint32]) -> Floats:
    """Return the log of each word's share of the occurrences of its class, smoothed.

    >>> np.exp(share_of_class(np.array([0, 0, 1], np.uint8), np.array([99, 1, 50], np.uint32))).round(2)
    array([0.99, 0.01, 0.99], dtype=float32)
    """
    whole = np.bincount(of, counts.astype(np.float64))
    share: Floats = np.log((counts + 0.5) / (whole[of] + 1.0)).astype(np.float32)
    return share
