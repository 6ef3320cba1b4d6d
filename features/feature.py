"""What a feature is: columns it promises, and a measurement of one document.

There is no base class to inherit from. Anything with ``name``, ``columns`` and ``measure`` is a feature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from features.document import Document, Span

NAN = float("nan")


@dataclass(frozen=True)
class Column:
    """One number that a feature gives, with everything needed to show it to a person.

    Parameters
    ----------
    name : str
        Unique among all features; carries its unit, as in ``odd_synonyms_per_1000_words``.
    unit : str
        As shown beside the value: ``"per 1,000 words"``, ``"share"``, ``"nats"``.
    low, high : float
        The range a measured value lies in, both ends possible; ``inf`` where there is no bound.
    meaning : str
        One sentence for users.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str


@dataclass(frozen=True)
class Evidence:
    """One marked place in the text.

    Parameters
    ----------
    feature : str
        Name of the feature that marked it.
    span : Span
        Where, in code points of the text as given.
    message : str
        One sentence that says what is odd here.
    expected : tuple of str
        Most likely original wordings, best first; empty where none can be named.
    weight : float
        How telling the mark is, 0 to 1. For odd synonyms it is the probability that the word was put there.
    """

    feature: str
    span: Span
    message: str
    expected: tuple[str, ...] = ()
    weight: float = 0.0

    def _repr_html_(self) -> str:
        """One line for a notebook; wordings are a stranger's text and are escaped."""
        # Imported when a notebook shows it; measuring needs neither.
        from html import escape

        from features.visible import visible

        def safe(text: str) -> str:
            return f"<bdi>{escape(visible(text), quote=True)}</bdi>"

        better = f" &rarr; <strong>{', '.join(map(safe, self.expected))}</strong>" if self.expected else ""
        place = f"<small>{safe(self.feature)}, {self.span.start}-{self.span.end}, weight {self.weight:.2f}</small>"
        return f"<div>{safe(self.message)}{better} {place}</div>"


@dataclass(frozen=True)
class Measurement:
    """What one feature found in one document: a value for each of its columns, and the places.

    ``values`` holds every column of the feature. NaN means "cannot be measured here", never 0.
    """

    values: Mapping[str, float]
    evidence: Sequence[Evidence] = ()


class Feature(Protocol):
    """A way to measure a document."""

    @property
    def name(self) -> str:
        """Identifier, the module's name."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What ``measure`` gives, in order."""

    def measure(self, document: Document) -> Measurement:
        """Measure one document. Deterministic; never raises on any text."""


def unmeasured(columns: Sequence[Column]) -> Measurement:
    """Every column NaN and nothing marked: the answer where a document gives nothing to measure."""
    return Measurement({column.name: NAN for column in columns})


def per_1000(count: float, words: int) -> float:
    """Rate per 1,000 words; NaN without words.

    >>> per_1000(3, 600)
    5.0
    """
    return 1000.0 * count / words if words else NAN
