"""Phrases that rewriters write: how much more often than people, and for what.

Spinners replace words by phrases and phrases by words: `business` becomes `commercial enterprise`, `meanwhile` becomes
`in the intervening time`. The words of such a phrase fit each other, so windows of words see nothing odd. The evidence
is that known rewriters write the phrase and people hardly ever do.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.language_model.arrays import DAMAGED, damaged
from features.language_model.ngrams import Floats, Hashes, Ids, extend_hashes, hash_ngrams

FILE = "phrase_lifts.npz"
FORMAT = 1
LENGTHS = (2, 3, 4)
"""Possible numbers of words in a phrase."""

PARTED = "|"
"""Separates the originals of one phrase in the file."""


@dataclass(frozen=True)
class Phrases:
    """Known phrases in a stream of ids, in order. All arrays have shape (places,).

    Parameters
    ----------
    start, end : ndarray of int64
        Half-open range in the stream.
    lift : ndarray of float32
        Nats.
    entry : ndarray of int64
        Index of the phrase in the table.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    lift: Floats
    entry: NDArray[np.int64]


@dataclass(frozen=True)
class PhraseLifts:
    """A table of phrases.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (phrases,)
        Hashes of the phrases' vocabulary ids, ascending.
    lift : ndarray of float32, shape (phrases,)
        Natural log of how much more often rewriters than people write the phrase, as observed.
    originals : tuple of tuple of str
        Observed originals of each phrase, the most frequent first.
    """

    hashes: Hashes
    lift: Floats
    originals: tuple[tuple[str, ...], ...]

    @classmethod
    def load(cls, folder: Path) -> "PhraseLifts":
        """Read ``phrase_lifts.npz``.

        Raises ValueError if the file is of another format or damaged, and OSError if it cannot be read.
        """
        path = folder / FILE
        try:
            # NumPy leaves a damaged archive open, so open and close the file here.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                known = int(arrays["format"]) == FORMAT
                parts = [arrays[name] for name in ("hashes", "lift", "originals")] if known else []
        except DAMAGED as error:
            raise damaged(path) from error
        if not parts:
            message = f"{path} is not in format {FORMAT}: train again or reinstall unspin"
            raise ValueError(message)
        hashes, lift, originals = parts
        if not hashes.shape == lift.shape == originals.shape:
            raise damaged(path)
        named = tuple(tuple(own.split(PARTED)) if own else () for own in originals.tolist())
        return cls(hashes, lift.astype(np.float32), named)

    def save(self, folder: Path) -> None:
        """Write what :meth:`load` reads."""
        np.savez_compressed(
            folder / FILE,
            format=FORMAT,
            hashes=self.hashes,
            lift=self.lift.astype(np.float16),
            originals=np.array([PARTED.join(own) for own in self.originals], np.str_),
        )

    def find(self, stream: Ids) -> Phrases:
        """Find all phrases of the table in a stream of ids. They may overlap."""
        starts, lengths, entries = [], [], []
        hashes = hash_ngrams(stream)
        for length in LENGTHS if len(self.hashes) else ():
            if len(stream) < length:
                break
            hashes = extend_hashes(hashes[:-1], stream[length - 1 :], length - 1)
            entry = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            at = np.flatnonzero(self.hashes[entry] == hashes)
            starts.append(at)
            lengths.append(np.full(len(at), length))
            entries.append(entry[at])
        if not starts:
            return NO_PHRASES
        places = np.stack([np.concatenate(parts).astype(np.int64) for parts in (starts, lengths, entries)])
        begin, words, found = places[:, np.lexsort((places[1], places[0]))]
        return Phrases(begin, begin + words, self.lift[found], found)


NO_PHRASES = Phrases(*(np.empty(0, np.int64),) * 2, np.empty(0, np.float32), np.empty(0, np.int64))
NONE = PhraseLifts(np.empty(0, np.uint64), np.empty(0, np.float32), ())
"""A table without phrases."""


def highest_lift(phrases: Phrases, length: int) -> Floats:
    """Return the highest lift of the phrases that cover each place of a stream; 0 where there is none."""
    highest = np.zeros(length, np.float32)
    for start, end, lift in zip(phrases.start.tolist(), phrases.end.tolist(), phrases.lift.tolist(), strict=True):
        np.maximum(highest[start:end], lift, out=highest[start:end])
    return highest


def apart(phrases: Phrases, least: float) -> list[int]:
    """Return which phrases to show, in order: those of at least that lift, the strongest of any that overlap."""
    chosen: list[int] = []
    taken = np.zeros(phrases.end.max(initial=0), bool)
    for i in np.lexsort((phrases.start - phrases.end, -phrases.lift)).tolist():
        start, end = int(phrases.start[i]), int(phrases.end[i])
        if phrases.lift[i] < least:
            break
        if not taken[start:end].any():
            chosen.append(i)
            taken[start:end] = True
    return sorted(chosen)
