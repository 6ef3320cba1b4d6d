"""What an audit keeps of one article: its place, and the verdict or the error.

A :class:`~detector.verdict.Verdict` holds the whole text, which takes too much space for a million articles. An audit
keeps a :class:`Judgement`: every number, and the strongest marks with their words.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from detector.audit.identity import storable
from detector.audit.traced import Traced
from detector.render.plain import finite
from detector.verdict import Label, Verdict
from features.feature import NAN

MOST_MARKS = 12
"""Marks kept for an article: enough for an editor to decide whether to open it."""

_MOST_MARK = 200
_MOST_MESSAGE = 300
_MOST_EXPECTED = 5


@dataclass(frozen=True)
class Mark:
    """A mark with its words, so that it can be shown without the article.

    Parameters
    ----------
    feature : str
        Name of the feature that made the mark.
    start, end : int
        Half-open span, in code points of the text as read.
    text : str
        The marked words.
    message : str
        One sentence that says what is odd.
    expected : tuple of str
        Likely originals, best first.
    weight : float
        Strength of the mark, 0 to 1.
    """

    feature: str
    start: int
    end: int
    text: str
    message: str
    expected: tuple[str, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True)
class Judgement:
    """The stored part of a verdict. Other fields are as in :class:`~detector.verdict.Verdict`.

    Parameters
    ----------
    quality : float
        The quality score, 0 to 100, or NaN.
    marks : int
        Total number of marks.
    evidence : tuple of Mark
        The :data:`MOST_MARKS` strongest marks, in order of position.
    columns : mapping
        The model's input columns; NaN for one that could not be measured. Empty if the label abstains.
    quality_parts : mapping
        Maps each part of the quality score to its percentile, 0 to 100, or NaN.
    """

    label: Label
    probability: float
    threshold: float
    suspect_threshold: float
    quality: float
    words: int
    signature: str
    note: str = ""
    marks: int = 0
    evidence: tuple[Mark, ...] = ()
    columns: Mapping[str, float] = field(default_factory=dict)
    quality_parts: Mapping[str, float] = field(default_factory=dict)
    spun_rate: float = NAN
    suspect_rate: float = NAN
    calibration_articles: int = 0

    @property
    def flagged(self) -> bool:
        """Whether the label is ``suspect`` or ``spun``."""
        return self.label in (Label.SUSPECT, Label.SPUN)


@dataclass(frozen=True)
class AuditRow:
    """One article of an audit, with exactly one of ``verdict`` and ``error``.

    Parameters
    ----------
    source : str
        The place of the article: ``feed.jsonl:17``, ``a.zip!b.html``, a path, or an address.
    hash : str or None
        The first 32 hexadecimal digits of the text's SHA-256; None without a text.
    url, outlet, date, title : str or None
        As in the source; ``date`` is ISO, in UTC if it has a time.
    verdict : Judgement or None
    error : str or None
        One sentence.
    error_kind : str or None
        Kind of error, for counting: that of the source (:class:`~detector.audit.sources.problems.Problem`), or
        ``too_long``, ``timeout``, ``worker``, ``grammar``, ``fault``.
    text : str or None
        The text as read; only with ``keep_text``.
    traced : Traced or None
        Its best source; only with an archive.
    author : str or None
        The byline, as the source states it. A store keeps it only if asked to.
    """

    source: str
    hash: str | None = None
    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    title: str | None = None
    verdict: Judgement | None = None
    error: str | None = None
    error_kind: str | None = None
    text: str | None = None
    traced: Traced | None = None
    author: str | None = None

    def __post_init__(self) -> None:
        if (self.verdict is None) == (self.error is None):
            raise ValueError("an audit row holds exactly one of verdict and error")

    @property
    def flagged(self) -> bool:
        """Whether the label is ``suspect`` or ``spun``, or the article is a proven rewrite."""
        return (self.verdict is not None and self.verdict.flagged) or (self.traced is not None and self.traced.proven)


def summarise(verdict: Verdict) -> Judgement:
    """Returns the stored part of a verdict."""
    heaviest = sorted(verdict.evidence, key=lambda mark: (-mark.weight, mark.span.start))[:MOST_MARKS]
    return Judgement(
        label=verdict.label,
        probability=verdict.probability,
        threshold=verdict.threshold,
        suspect_threshold=verdict.suspect_threshold,
        quality=verdict.quality.score,
        words=int(verdict.words),
        signature=verdict.signature,
        note=verdict.note,
        marks=len(verdict.evidence),
        evidence=tuple(
            Mark(
                feature=mark.feature,
                start=int(mark.span.start),
                end=int(mark.span.end),
                text=verdict.text[mark.span.start : min(mark.span.end, mark.span.start + _MOST_MARK)],
                message=mark.message[:_MOST_MESSAGE],
                expected=tuple(wording[:_MOST_MARK] for wording in mark.expected[:_MOST_EXPECTED]),
                weight=float(mark.weight),
            )
            for mark in sorted(heaviest, key=lambda mark: mark.span)
        ),
        columns={part.column: _short(part.value) for part in sorted(verdict.contributions, key=lambda c: c.column)},
        quality_parts={part.name: _short(part.percentile) for part in verdict.quality.parts},
        spun_rate=verdict.spun_rate,
        suspect_rate=verdict.suspect_rate,
        calibration_articles=verdict.calibration_articles,
    )


class Packed(NamedTuple):
    """The long parts of a judgement, as JSON for the store."""

    columns: str
    quality_parts: str
    evidence: str


def pack(judgement: Judgement) -> Packed:
    """Returns a judgement's columns, quality parts and marks as JSON."""
    return Packed(
        as_json([finite(value) for value in judgement.columns.values()]),
        as_json({name: finite(value) for name, value in judgement.quality_parts.items()}),
        as_json([mark_as_dict(mark) for mark in judgement.evidence]),
    )


def as_json(value: Any) -> str:  # noqa: ANN401 - plain values
    """JSON that SQLite can store: lone surrogates become U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return storable(text, None) or ""


def mark_as_dict(mark: Mark) -> dict[str, Any]:
    """A mark as plain values, as docs/json-schema.md describes evidence."""
    return {
        "feature": mark.feature,
        "start": mark.start,
        "end": mark.end,
        "text": mark.text,
        "message": mark.message,
        "expected": list(mark.expected),
        "weight": finite(_short(mark.weight)),
    }


def _short(value: float) -> float:
    """The value with six significant digits, which takes half the space."""
    return float(f"{value:.6g}")
