"""The topic of an article, and whether a word belongs to it.

A synonym ignores the topic: in a football story the `club` becomes a `membership`. Vectors of words that occur in the
same passages (latent semantic analysis, Deerwester et al. 1990, over positive pointwise mutual information) show how
near a word is to the rest of its article, and how near its alternative would be.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.language_model.arrays import open_array
from features.language_model.ngrams import Floats, Ids

FILE = "topics.npy"
UNIT = 127.0
"""Length of a stored vector."""

FEWEST = 5
"""Smallest number of different words with a vector from which an article has a topic."""


@dataclass(frozen=True)
class Topics:
    """Vectors of the most frequent words.

    Parameters
    ----------
    vectors : ndarray of int8, shape (words, dimensions)
        Vectors of ids 0 to ``words - 1``. Grammar words and unknown words have none: their rows are zeros.
    """

    vectors: NDArray[np.int8]

    @classmethod
    def load(cls, folder: Path) -> "Topics":
        """Open the table of a folder, memory-mapped.

        Raises ValueError if it is damaged or not a table of vectors, and OSError if it cannot be read.
        """
        return cls(open_array(folder / FILE, np.int8, 2))

    def save(self, folder: Path) -> None:
        """Write what :meth:`load` reads."""
        np.save(folder / FILE, self.vectors)

    def of(self, ids: Ids) -> Floats:
        """Return vectors of length 1, or 0 for words without one, shape (ids, dimensions)."""
        inside = ids < len(self.vectors)
        found = np.zeros((len(ids), self.vectors.shape[1]), np.float32)
        found[inside] = self.vectors[ids[inside]]
        found /= np.float32(UNIT)
        return found

    def fits(self, words: Ids, others: Ids) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Measure how near each word is to the rest of an article, and how near another word would be in its place.

        Parameters
        ----------
        words : ndarray of int32, shape (words,)
            Ids of the article's words.
        others : ndarray of int32, shape (words,)
            The most likely alternative of each word, or :data:`~features.language_model.ngrams.UNKNOWN`.

        Returns
        -------
        own, other : ndarray of float32, shape (words,)
            Cosines, -1 to 1, with the sum of the article's other different words; 0 without a vector.
        known : ndarray of bool, shape (words,)
            Which of the words have a vector; none in an article without a topic.
        """
        kinds, at = np.unique(words, return_inverse=True)
        vectors = self.of(kinds)
        has: NDArray[np.bool_] = np.asarray(vectors.any(axis=1))
        if has.sum() < FEWEST:
            nothing = np.zeros(len(words), np.float32)
            return nothing, nothing, np.zeros(len(words), bool)
        rest = vectors.sum(axis=0) - vectors
        rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6)
        own = np.einsum("ij,ij->i", vectors, rest)[at].astype(np.float32)
        other = np.einsum("ij,ij->i", self.of(others), rest[at]).astype(np.float32)
        return own, other, has[at]
