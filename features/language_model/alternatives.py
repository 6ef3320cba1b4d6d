"""The alternatives of a word, which may be its originals: same meaning, same inflection, common in published news."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.language_model.ngrams import Ids

FORMAT = 1


@dataclass(frozen=True)
class Alternatives:
    """For every word of the n-gram model's vocabulary, the words that a rewriter may have replaced by it.

    Parameters
    ----------
    offsets : ndarray of int32, shape (vocabulary + 1,)
        Where each word's alternatives begin in the other arrays.
    ids : ndarray of int32, shape (pairs,)
        Vocabulary ids of the alternatives, highest prior first.
    prior : ndarray of float32, shape (pairs,)
        Log of the share of rewritings into the word that come from the alternative, whatever the context.
    lift : ndarray of float32, shape (vocabulary,)
        Natural log of how much more often rewriters than people write each word, as observed.
    """

    offsets: NDArray[np.int32]
    ids: Ids
    prior: NDArray[np.float32]
    lift: NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> "Alternatives":
        """Read ``alternatives.npz``. Raises ValueError if the file is of another format."""
        with np.load(path, allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                message = f"{path} is not in format {FORMAT}: train again or reinstall unspin"
                raise ValueError(message)
            lengths = arrays["lengths"].astype(np.int32)
            offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
            return cls(
                offsets,
                arrays["ids"].astype(np.int32),
                arrays["prior"].astype(np.float32) / -16.0,
                arrays["lift"].astype(np.float32),
            )

    def save(self, path: Path) -> None:
        """Write what :meth:`load` reads."""
        np.savez_compressed(
            path,
            format=FORMAT,
            lengths=np.diff(self.offsets).astype(np.uint8),
            ids=self.ids,
            prior=np.clip(np.rint(-16.0 * self.prior), 0, 255).astype(np.uint8),
            lift=self.lift.astype(np.float16),
        )

    def of(self, ids: Ids) -> tuple[NDArray[np.int64], Ids, NDArray[np.float32]]:
        """Return all alternatives of an array of words.

        Parameters
        ----------
        ids : ndarray of int32, shape (words,)

        Returns
        -------
        row : ndarray of int64, shape (pairs,)
            Which word of ``ids`` each alternative belongs to; ascending.
        alternative : ndarray of int32, shape (pairs,)
            Vocabulary id of the alternative.
        prior : ndarray of float32, shape (pairs,)
            Its log prior.
        """
        starts = self.offsets[ids]
        lengths = self.offsets[ids + 1] - starts
        row = np.repeat(np.arange(len(ids)), lengths)
        first = np.cumsum(lengths) - lengths
        at = np.arange(len(row)) - first[row] + starts[row]
        return row, self.ids[at], self.prior[at]
