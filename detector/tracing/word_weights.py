"""How much a shared word says: much for a rare name, nothing for ``the``."""

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError

_COMMON = 6.0
"""Words more frequent than ``exp(-_COMMON)`` of all words weigh nothing."""

_NAME, _FIGURE = 1.5, 1.2
"""Rewriters keep names and figures, so these weigh more than other words of the same frequency."""

_GRID = 1024
"""Weights are multiples of one in so many. Then sums of their products are exact, and the numbering of terms, which depends
on the texts before, moves no digit."""

_MOST_FORMS = 400_000
"""Forms that are remembered; hostile texts must not fill the memory."""

_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
    if word != "one"
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}
_FIGURE_OF = re.compile(r"\d+(?:\.\d+)?")
_SUFFIX = re.compile(r"(?<=\w{4})(?:ing|ed|es|ly|er|s)$")
_STEM = 6

FIGURE, CAPITAL = 1, 2
"""Flags of a word: it is a figure; it begins with a capital."""


def stem(word: str) -> str:
    """What the forms of a word have in common, roughly.

    >>> [stem(word) for word in ("talks", "agreed", "agree", "negotiations", "negotiated")]
    ['talk', 'agre', 'agre', 'negoti', 'negoti']
    """
    short = _SUFFIX.sub("", word)[:_STEM]
    return short[:-1] if len(short) > 4 and short.endswith("e") else short


def figure(word: str) -> str:
    """The value of a figure in one spelling, or ``""`` for a word that is none.

    >>> [figure(word) for word in ("1,000", "3.50", "two", "5bn", "one")]
    ['1000', '3.5', '2', '5', '']
    """
    if not word[:1].isdigit():
        return _NUMBERS.get(word, "")
    found = _FIGURE_OF.match(word.replace(",", ""))
    value = found.group() if found else word
    return value.rstrip("0").rstrip(".") if "." in value else value


class WordWeights:
    """Terms, weights and flags of word forms, remembered by form.

    Two forms of one word share a term; a figure in letters shares the term of its digits.

    Parameters
    ----------
    counts : mapping of str to int
        How often each lower-case form stands in the reference copy.
    total : float
        All words of the reference copy.
    """

    def __init__(self, counts: Mapping[str, int], total: float) -> None:
        self._counts = counts
        self._total = total
        self._forget()

    def _forget(self) -> None:
        self._entries: dict[str, int] = {}
        self._terms: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._table = np.empty((4096, 4))

    def look_up(
        self, words: list[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Numbers of the lower-case forms and of the terms, weights, and flags, one for each word.

        Numbers hold between texts until :meth:`tidy` is called.
        """
        entries = np.fromiter(map(self._entries.get, words, repeat(-1)), np.int64, len(words))
        for at in np.flatnonzero(entries < 0).tolist():
            entries[at] = self._entry(words[at])
        rows = self._table[entries]
        form, term, flags = (rows[:, column].astype(np.int64) for column in (0, 1, 3))
        return form, term, rows[:, 2], flags

    def tidy(self) -> None:
        """Forget the forms when there are too many; call it between traces."""
        if len(self._entries) > _MOST_FORMS:
            self._forget()

    def _entry(self, word: str) -> int:
        known = self._entries.get(word)
        if known is not None:
            return known
        form = word.lower().replace("’", "'")
        value = figure(form)
        term = f"#{value}" if value else stem(form)
        capital = word[:1].isupper() and not value
        weight = max(0.0, math.log(self._total / (self._counts.get(form, 0) + 1)) - _COMMON)
        if value:
            # The reference copy counts figures by their shape, so their frequency is guessed from their length.
            weight = _FIGURE * min(7.0, 1.5 * len(value))
        elif capital:
            weight *= _NAME
        row = (
            self._forms.setdefault(form, len(self._forms)),
            self._terms.setdefault(term, len(self._terms)),
            round(weight * _GRID) / _GRID,
            FIGURE * bool(value) + CAPITAL * capital,
        )
        number = self._entries[word] = len(self._entries)
        if number == len(self._table):
            self._table = np.concatenate([self._table, np.empty_like(self._table)])
        self._table[number] = row
        return number


@cache
def embedded_weights() -> WordWeights:
    """Weights by the reference copy that comes with the package.

    Raises
    ------
    ModelError
        If the tables are missing or damaged.
    """
    with as_file(files("features") / "tables") as folder:
        return weights_of_tables(folder)


def weights_of_tables(folder: Path) -> WordWeights:
    """Weights by the counts in a folder of tables.

    Raises
    ------
    ModelError
        If the tables are missing or damaged.
    """
    try:
        words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
        counts = np.load(folder / "counts.npy", allow_pickle=False)
        if counts.shape != (len(words),):
            raise ValueError("the counts do not fit the vocabulary")  # noqa: TRY301 - one sentence for all faults
    except (OSError, ValueError) as error:
        message = f"the tables in {folder} cannot be used ({error}): reinstall unspin, or train again"
        raise ModelError(message) from error
    return WordWeights(dict(zip(words, counts.tolist(), strict=True)), float(counts.sum()))
