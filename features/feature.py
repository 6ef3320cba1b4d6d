"""What a feature is: it declares columns and measures one document.

There is no base class to inherit from. Anything with ``name``, ``columns`` and ``measure`` is a feature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from features.document import Document, Span

NAN = float("nan")


@dataclass(frozen=True)
class Column:
    """One number that a feature measures, and how to show it.

    Parameters
    ----------
    name : str
        Unique among all features. It ends in the unit, as in ``odd_synonyms_per_1000_words``.
    unit : str
        The unit shown beside the value: ``"per 1,000 words"``, ``"share"``, ``"nats"``.
    low, high : float
        The range of the value, both ends included; ``inf`` if there is no bound.
    meaning : str
        One sentence for users.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str


def rate_column(name: str, meaning: str) -> Column:
    """Return a column that counts per 1,000 words."""
    return Column(name, "per 1,000 words", 0.0, 1000.0, meaning)


@dataclass(frozen=True)
class Evidence:
    """One marked place in the text.

    Parameters
    ----------
    feature : str
        Name of the feature that marked it.
    span : Span
        Its place, in code points of the text as given.
    message : str
        One sentence that says what is odd here.
    expected : tuple of str
        Most likely original wordings, best first; empty if none is known.
    weight : float
        Strength of the mark, 0 to 1. For odd synonyms, the probability that a rewriter chose the word.
    """

    feature: str
    span: Span
    message: str
    expected: tuple[str, ...] = ()
    weight: float = 0.0

    def _repr_html_(self) -> str:
        """One line for a notebook. Wordings come from an untrusted text and are escaped."""
        # Imported late, because measuring needs neither.
        from html import escape

        from features.visible import visible

        def safe(text: str) -> str:
            return f"<bdi>{escape(visible(text), quote=True)}</bdi>"

        better = f" &rarr; <strong>{', '.join(map(safe, self.expected))}</strong>" if self.expected else ""
        place = f"<small>{safe(self.feature)}, {self.span.start}-{self.span.end}, weight {self.weight:.2f}</small>"
        return f"<div>{safe(self.message)}{better} {place}</div>"


@dataclass(frozen=True)
class Measurement:
    """What one feature found in one document: a value for each of its columns, and its marks.

    ``values`` holds every column of the feature. A value that cannot be measured is NaN, never 0.
    """

    values: Mapping[str, float]
    evidence: Sequence[Evidence] = ()


class Feature(Protocol):
    """A way to measure a document."""

    @property
    def name(self) -> str:
        """Identifier: the name of the module."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that ``measure`` returns, in order."""

    def measure(self, document: Document) -> Measurement:
        """Measure one document. The result is deterministic, and no text raises an error."""


def unmeasured(columns: Sequence[Column]) -> Measurement:
    """Return NaN for every column and no marks, for a document with nothing to measure."""
    return Measurement({column.name: NAN for column in columns})


def per_1000(count: float, words: int) -> float:
    """Return the rate per 1,000 words, or NaN without words.

    >>> per_1000(3, 600)
    5.0
    """
    return 1000.0 * count / words if words else NAN
