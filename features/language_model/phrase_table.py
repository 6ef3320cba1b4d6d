"""The table of :mod:`features.phrasing`: which common words and pairs are counted, and how much each weighs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.language_model.arrays import DAMAGED, damaged

FORMAT = "unspin phrasing 1"
FILE, TIMES_FILE = "phrasing.npz", "phrase_times.npz"

MARKS = frozenset(".,;:?!")
"""Punctuation that a writer chooses. Quotation marks and dashes depend on house style and text extraction instead."""

OTHER, NUMBER = 0, 1
"""Symbols of a word outside the table and of a figure."""

FIRST = 2
"""Symbol of the table's first word."""

_PAIR = np.uint32(1 << 16)


@dataclass(frozen=True)
class PhraseTable:
    """For each kind of rewriter, a logistic regression over square roots of rates.

    Parameters
    ----------
    words : tuple of str
        Lower-case words and marks, at most 60,000. A word's symbol is its place plus :data:`FIRST`.
    paired : int
        Number of words, from the first, that form pairs. :data:`OTHER` and :data:`NUMBER` form pairs, too.
    items : ndarray of uint32, shape (items,)
        What is counted, sorted; see :func:`items_of`.
    weights : ndarray of float32, shape (kinds, items)
    intercepts : ndarray of float64, shape (kinds,)
    times : ndarray of float16, shape (kinds, items), optional
        How many times as often the kind's rewrites have an item as published news; 0 if that is unknown. Only marks
        need it. It is a file of its own, because it cannot change a score.
    """

    kinds: tuple[str, ...]
    words: tuple[str, ...]
    paired: int
    items: NDArray[np.uint32]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    times: NDArray[np.float16] | None = None

    @classmethod
    def load(cls, folder: Path) -> "PhraseTable":
        """Read the table. Raises ValueError if it is of another format or damaged, and OSError if it cannot be read."""
        path = folder / FILE
        table = None
        try:
            # NumPy leaves a damaged archive open, so open and close the file here.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                if str(arrays["format"]) == FORMAT:
                    table = cls(
                        tuple(str(arrays["kinds"]).split()),
                        tuple(str(arrays["words"]).split("\n")),
                        int(arrays["paired"]),
                        arrays["items"],
                        arrays["weights"],
                        arrays["intercepts"],
                    )
        except DAMAGED as error:
            raise damaged(path) from error
        if table is None:
            message = f"{path} is not in the format “{FORMAT}”: train again or reinstall unspin"
            raise ValueError(message)
        return replace(table, times=_times(folder / TIMES_FILE, table.weights.shape))

    def save(self, folder: Path) -> None:
        """Write what :meth:`load` reads."""
        np.savez_compressed(
            folder / FILE,
            format=FORMAT,
            kinds=" ".join(self.kinds),
            words="\n".join(self.words),
            paired=self.paired,
            items=self.items,
            weights=self.weights,
            intercepts=self.intercepts,
        )
        if self.times is not None:
            np.savez_compressed(folder / TIMES_FILE, times=self.times)

    @cached_property
    def symbols(self) -> dict[str, int]:
        """Symbol of each word."""
        return {word: place for place, word in enumerate(self.words, FIRST)}

    @cached_property
    def shown(self) -> NDArray[np.bool_]:
        """Whether each item can be shown as a phrase: its words are known, and it is neither a mark nor begins with one.

        A pair may begin with a comma. A pair that begins with another mark spans two sentences.
        """
        pair = self.items >= _PAIR
        first = np.where(pair, self.items // _PAIR - 1, self.items)
        mark = np.isin(first, [symbol for word, symbol in self.symbols.items() if word in MARKS])
        comma = first == self.symbols.get(",", 0)
        return np.asarray((first >= FIRST) & (self.items % _PAIR >= FIRST) & (~mark | (pair & comma)))

    def rates(self, forms: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return places in :attr:`items` of what a text has, and square roots of their shares of its items."""
        return rates_of(items_of(forms, self.symbols, self.paired), self.items)

    def log_odds(self, forms: Sequence[str]) -> NDArray[np.float64]:
        """Return the natural log-odds of each kind of rewriting, shape (kinds,).

        ``forms`` are the text's plain forms (:func:`features.language_model.ngrams.plain_forms`).
        """
        at, rate = self.rates(forms)
        return np.asarray(self.weights[:, at] @ rate + self.intercepts, np.float64)


def items_of(forms: Sequence[str], symbols: dict[str, int], paired: int) -> NDArray[np.uint32]:
    """Return what is counted in a text: words of the table as ``symbol``, pairs as ``(first + 1) * 65,536 + second``.

    Pairs of two words outside the table, or of figures, depend on the topic and are left out.

    >>> items_of(["the", "council", "agreed", "to", '"', "it"], {"the": 2, "to": 3, "it": 4}, 2).tolist()
    [2, 3, 4, 196608, 65539]
    """
    return items_at(forms, symbols, paired)[0]


def items_at(
    forms: Sequence[str], symbols: dict[str, int], paired: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """Return what :func:`items_of` returns, and the places of the first and the last form of each."""
    stream = np.fromiter(map(symbols.get, forms, repeat(OTHER)), np.int64, len(forms))
    others = np.flatnonzero(stream == OTHER)
    stream[others] = [_symbol_of_other(forms[i]) for i in others.tolist()]
    at = np.flatnonzero(stream >= 0)
    stream = stream[at].astype(np.uint32)
    first, second = stream[:-1], stream[1:]
    plain = (first < FIRST) & (second < FIRST)
    common = np.flatnonzero((first < FIRST + paired) & (second < FIRST + paired) & ~plain)
    alone = np.flatnonzero(stream >= FIRST)
    items = np.concatenate([stream[alone], (first[common] + np.uint32(1)) * _PAIR + second[common]])
    return items, at[np.concatenate([alone, common])], at[np.concatenate([alone, common + 1])]


def rates_of(found: NDArray[np.uint32], items: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return places among sorted items, and square roots of each item's share of all that were found.

    >>> at, rate = rates_of(np.array([7, 9, 7, 8], np.uint32), np.array([7, 9], np.uint32))
    >>> at.tolist(), (rate**2).round(3).tolist()
    ([0, 1], [0.667, 0.333])
    """
    at = np.minimum(np.searchsorted(items, found), max(0, len(items) - 1))
    known = at[items[at] == found] if len(items) else at[:0]
    places, counts = np.unique(known, return_counts=True)
    return places.astype(np.int64), np.sqrt(counts / max(1, len(known)))


def _times(path: Path, shape: tuple[int, ...]) -> NDArray[np.float16] | None:
    """Return the times of a table, or None if training left none."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            times = np.asarray(arrays["times"], np.float16)
    except DAMAGED as error:
        raise damaged(path) from error
    if times.shape != shape:
        raise damaged(path)
    return times


def _symbol_of_other(form: str) -> int:
    first = form[0]
    return NUMBER if first.isdigit() else OTHER if first.isalpha() else -1
