"""The reader's columns and marks: words that do not fit the sentence around them.

The network sees a window of the article at a time. Windows overlap, and each word is judged where it stands farthest from
the ends of its window. Every different word counts once in the columns, with the mean of its log-odds: a term that recurs
through an article is its subject.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from features.document import Document
from features.feature import Column, Evidence, Measurement, unmeasured
from features.reader.network import Floats, Ids, Network
from features.reader.word_pieces import BEGIN, END
from features.spread import spread, spread_columns

LENGTH = 128
"""Most pieces of a window, the two at its ends included; as trained."""

OVERLAP = 30
"""Pieces that two windows share, so that each piece but the first and last has 15 on either side."""

MARK = 0.3
"""Smallest probability for a mark; what an editor sees is chosen in the light of the whole article."""

_BATCH = 16
"""Windows that the network reads at once: bounds the memory that a long text needs."""

_TAUGHT_SHARE = 0.06
"""Share of changed words in the network's lessons."""

_ROW = 16
"""Equal pieces in a row that are read."""

_FARTHEST = 30.0
_PREFIX = "reader_"


@dataclass(frozen=True)
class Reader:
    """The feature; see the module."""

    network: Network
    marks: ClassVar[str] = "wording"
    title: ClassVar[str] = "words in their sentence"
    name: str = "reader"
    columns: tuple[Column, ...] = spread_columns(_PREFIX, " in context")
    _made: "WeakKeyDictionary[Document, Floats]" = field(default_factory=WeakKeyDictionary, repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path | str) -> "Reader":
        """A reader from the folder that an export wrote.

        Raises ValueError if its file is damaged, and OSError if it cannot be read.
        """
        return cls(Network.load(Path(folder)))

    def measure(self, document: Document) -> Measurement:
        """Columns and marks of one document."""
        odds = self.log_odds(document)
        known = ~np.isnan(odds)
        if not known.any():
            return unmeasured(self.columns)
        lowered = document.lowered
        forms = [lowered[start:end] for (start, end), k in zip(document.words, known.tolist(), strict=True) if k]
        _, which = np.unique(forms, return_inverse=True)
        different = np.bincount(which, odds[known]) / np.bincount(which)
        values = {_PREFIX + name: value for name, value in spread(different, _TAUGHT_SHARE).items()}
        return Measurement(values, self._marks(document, odds))

    def log_odds(self, document: Document) -> Floats:
        """Log-odds that a rewriter put each word there, shape (words,); NaN for a word that has no piece.

        They are computed once and kept as long as the document lives.
        """
        known = self._made.get(document)
        if known is None:
            known = self._made[document] = self._of_words(document)
        return known

    def _of_words(self, document: Document) -> Floats:
        encoded = self.network.pieces.encode(document.text)
        words = np.array([span.start for span in document.words], np.int64)
        out = np.full(len(words), np.nan, np.float32)
        if not len(words) or not len(encoded.ids):
            return out
        kept = ~_repeated(encoded.ids)
        of_pieces, starts = self._of_pieces(encoded.ids[kept]), encoded.starts[kept]
        at = np.minimum(np.searchsorted(starts, words), len(starts) - 1)
        begun = starts[at] == words
        out[begun] = of_pieces[at[begun]]
        return out

    def _of_pieces(self, ids: Ids) -> Floats:
        """Log-odds of each piece, from the window in whose middle it stands."""
        windows, begins = self._windows(ids)
        read = [self.network.log_odds(windows[i : i + _BATCH]) for i in range(0, len(windows), _BATCH)]
        odds = np.clip(np.concatenate(read)[:, 1:-1], -_FARTHEST, _FARTHEST)
        # Where two windows overlap, each has one half of what they share.
        ends = begins + odds.shape[1]
        limits = np.concatenate([[0], (begins[1:] + ends[:-1] + 1) // 2, [len(ids)]])
        parts = [odds[i, limits[i] - begin : limits[i + 1] - begin] for i, begin in enumerate(begins.tolist())]
        return np.concatenate(parts)

    def _windows(self, ids: Ids) -> tuple[Ids, NDArray[np.int64]]:
        """The windows of a text, as few and then as short as can be, and the piece with which each begins."""
        count = max(1, math.ceil((len(ids) - OVERLAP) / (LENGTH - 2 - OVERLAP)))
        body = math.ceil((len(ids) + (count - 1) * OVERLAP) / count)
        begins = np.minimum(np.arange(count) * (body - OVERLAP), len(ids) - body)
        pieces = self.network.pieces
        windows = np.empty((count, body + 2), np.int32)
        windows[:, 0], windows[:, -1] = pieces[BEGIN], pieces[END]
        windows[:, 1:-1] = ids[begins[:, np.newaxis] + np.arange(body)]
        return windows, begins

    def _marks(self, document: Document, odds: Floats) -> tuple[Evidence, ...]:
        p = 1.0 / (1.0 + np.exp(-np.nan_to_num(odds, nan=-_FARTHEST)))
        return tuple(
            Evidence(
                self.name,
                document.words[i],
                f"“{document[document.words[i]]}” does not fit the sentence around it",
                weight=round(float(p[i]), 4),
            )
            for i in np.flatnonzero(p >= MARK).tolist()
        )


def _repeated(ids: Ids) -> NDArray[np.bool_]:
    """Which pieces repeat the :data:`_ROW` before them, as in a row of marks. Reading those would take time and say nothing.

    >>> int(_repeated(np.array([7] + [5] * 17, np.int32)).sum())
    1
    """
    changes = np.flatnonzero(np.diff(ids, prepend=-1))
    place = np.arange(len(ids)) - np.repeat(changes, np.diff(changes, append=len(ids)))
    return np.asarray(place >= _ROW)
