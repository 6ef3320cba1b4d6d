"""The second stage of the model: what the reader adds to the word statistics.

The first stage is the article classifier over the columns of :data:`features.FEATURES`. The second stage reads each word
in its sentence (:mod:`features.reader`), which takes twenty times as long. One logistic regression turns the reader's columns
into log-odds. Another joins them with the log-odds of the first stage and the length of the article.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from detector.calibration import log_length
from detector.verdict import Thresholds

Floats = NDArray[np.float64]

ALWAYS, AUTO, NEVER = "always", "auto", "never"
"""When the reader reads an article."""

MOST_READ = 5_000
"""Words of the longest article that the reader reads: it takes about half a second for each thousand."""


@dataclass(frozen=True)
class Joined:
    """Weights of the regression that joins both stages: of the first stage's log-odds, of the reader's, and so on.

    ``reader_length`` and ``length`` multiply the log length (:func:`detector.calibration.log_length`).
    """

    words: float
    reader: float
    reader_length: float
    length: float
    intercept: float

    @staticmethod
    def inputs(words: Floats, reader: Floats, lengths: Floats) -> Floats:
        """The inputs of the regression, shape (articles, 4), from log-odds of both stages and lengths in words."""
        length = log_length(lengths)
        return np.stack([words, reader, reader * length, length], axis=-1)


@dataclass(frozen=True)
class Cascade:
    """Numbers of the second stage.

    Parameters
    ----------
    columns : tuple of str
        The reader's columns.
    typical, low, high : tuple of float
        Of each column: the median over human copy, and the range to which values are clipped.
    coefficients : tuple of float
        Log-odds of a machine rewrite for each unit of a column.
    intercept : float
        The reader's log-odds where every column is typical.
    floor : float
        Lower log-odds of the reader count as this: that no word is odd says little, since fluent rewriters leave none.
    joined : Joined
        From both stages' log-odds to those of the article.
    thresholds : mapping of str to Thresholds
        For each grammar checker, on the joined probability.
    read_from : float
        ``auto`` reads only articles whose probability by the first stage is at least this.
    word, sentence : tuple of float
        As in the manifest, for articles that were read; see :mod:`detector.places`.
    """

    columns: tuple[str, ...]
    typical: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    floor: float
    joined: Joined
    thresholds: Mapping[str, Thresholds]
    read_from: float
    word: tuple[float, ...]
    sentence: tuple[float, ...]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """A cascade from the fields of a manifest.

        Raises
        ------
        TypeError, KeyError, ValueError
            If a field is missing, unknown or of another length.
        """
        made: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
        }
        made["joined"] = Joined(**fields["joined"])
        made["thresholds"] = {name: Thresholds(**own) for name, own in fields["thresholds"].items()}
        cascade = cls(**made)
        parts: Sequence[Sequence[float]] = (cascade.typical, cascade.low, cascade.high, cascade.coefficients)
        if any(len(part) != len(cascade.columns) for part in parts):
            raise ValueError("the second stage has columns without numbers")
        return cascade

    def reads(self, use: str, first: float, length: int) -> bool:
        """Whether the reader reads an article.

        Parameters
        ----------
        use : {"always", "auto", "never"}
        first : float
            Probability by the first stage.
        length : int
            Words of the article.
        """
        return length <= MOST_READ and (use == ALWAYS or (use == AUTO and not first < self.read_from))

    def parts(self, row: Floats) -> tuple[Floats, float]:
        """Return what each column adds to the reader's log-odds, shape (columns,), and the rest.

        A column that is NaN adds nothing.
        """
        typical = np.asarray(self.typical)
        filled = np.where(np.isnan(row), typical, row)
        parts = (np.clip(filled, self.low, self.high) - typical) * self.coefficients
        if parts.sum() + self.intercept < self.floor:
            return np.zeros_like(parts), self.floor
        return np.asarray(parts), self.intercept

    def joint(self, row: Floats, length: int) -> tuple[float, Floats, float]:
        """Join both stages.

        Parameters
        ----------
        row : ndarray, shape (columns,)
            The reader's columns.
        length : int
            Words of the article.

        Returns
        -------
        weight : float
            Of the first stage's log-odds in the sum.
        parts : ndarray, shape (columns,)
            What each column of the reader adds.
        rest : float
            With the first stage's log-odds, ``weight * first + parts.sum() + rest`` are the article's log-odds.
        """
        own, at = self.joined, float(log_length(length))
        slope = max(own.reader + own.reader_length * at, 0.0)
        parts, rest = self.parts(row)
        return own.words, slope * parts, slope * rest + own.length * at + own.intercept
