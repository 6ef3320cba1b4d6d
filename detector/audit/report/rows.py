"""The articles of a store as flat rows, for exports and data frames."""

import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from detector.audit import schema
from detector.audit.filters import MOST_PROBABLE, Filter
from detector.audit.report.findings import stored_marks
from detector.audit.report.passages import wordings
from detector.audit.row import mark_as_dict
from detector.audit.store import JUDGED

SCHEMA = "unspin.article/1"

_MOST_WORDINGS = 8


class Field(NamedTuple):
    """A field of an exported article; ``kind`` is ``text``, ``integer`` or ``number``."""

    name: str
    kind: str
    meaning: str


FIELDS = (
    Field("id", "integer", "number of the article in its store"),
    Field("source", "text", "the place it came from, such as feed.jsonl:17"),
    Field("url", "text", "address in the web"),
    Field("outlet", "text", "who it is counted for: the outlet, else the host, else the file or folder"),
    Field("date", "text", "when it was published: ISO, in UTC if it has a time"),
    Field("title", "text", "headline"),
    Field("label", "text", "clean, suspect, spun, too_short or not_english; only spun is an accusation"),
    Field("probability", "number", "calibrated probability of a machine rewrite, 0 to 1; none where unspin abstains"),
    Field("threshold", "number", "the probability from which the label is spun"),
    Field("suspect_threshold", "number", "the probability from which the label is suspect"),
    Field("false_positive_rate", "number", "share of human stories expected at or above the threshold"),
    Field(
        "quality", "number", "quality of the writing, 0 to 100; 50 is the middle of the published news we compare with"
    ),
    Field("words", "integer", "number of words read"),
    Field("marks", "integer", "number of marked places"),
    Field("odd_wordings", "text", "the strongest marks, each with its likely original"),
    Field("note", "text", "what a person should know beside the label"),
    Field("error_kind", "text", "short word for the error"),
    Field("error", "text", "why there is no label"),
    Field("story", "integer", "the same for near-duplicates: the number of the story's first article"),
    Field("signature", "text", "version, model and grammar checker: the score can be reproduced from it"),
    Field("added", "text", "when the article was first seen, UTC"),
    Field("scored", "text", "when it was last judged, UTC"),
    Field("relation", "text", "to its best source in the archive: copy, rewrite, shared_source or none"),
    Field("proven", "integer", "1 for a rewrite of an older story of another outlet that nobody licensed"),
    Field("relation_probability", "number", "calibrated probability that it is a rewrite of that story, 0 to 1"),
    Field("coverage", "number", "share of its sentences that come from that story, 0 to 1"),
    Field("archive_id", "text", "number or name of that story in the archive"),
    Field("archive_title", "text", "headline of that story"),
    Field("archive_outlet", "text", "who published that story"),
    Field("archive_date", "text", "when that story was published"),
    Field("archive_url", "text", "address of that story"),
    Field("relation_note", "text", "why a copy or rewrite counts against nobody"),
    Field("trace_error", "text", "why the archive could not be searched"),
    Field("author", "text", "the byline, if the audit stored it"),
)
FIRST_FIELDS = 22
"""So many fields every export has had; later ones are added at the end."""

_OF, _MODEL, _KEPT = schema.articles.c, schema.models.c, schema.details.c
_SELECTED = (
    *(_OF[name] for name in "id source url origin date title label probability threshold suspect_threshold".split()),
    _MODEL.spun_rate, _OF.quality, _OF.words, _OF.marks, _KEPT.evidence, _OF.note, _OF.error_kind, _OF.error, _OF.story,
    _MODEL.signature, _OF.added, _OF.scored, *(_OF[name] for name in schema.SOURCES), _OF.author,
)  # fmt: skip
_EVIDENCE = 14
_DETAILS = (_KEPT.columns, _MODEL.columns, _KEPT.quality_parts)


class Article(NamedTuple):
    """One article: the values of :data:`FIELDS` in order, and the values that do not fit into a table.

    docs/json-schema.md describes ``evidence``. ``measured`` maps the model's input columns to numbers or None. ``text``
    is None unless the store keeps it and the caller asked for it.
    """

    values: tuple[Any, ...]
    evidence: list[dict[str, Any]]
    measured: dict[str, float | None]
    quality_parts: dict[str, float | None]
    text: str | None


def articles(
    connection: Connection,
    filters: Filter,
    *,
    limit: int | None = None,
    details: bool = True,
    include_text: bool = False,
) -> Iterator[Article]:
    """Yield the articles that match the filters, in the order in which they were added.

    Parameters
    ----------
    limit : int, optional
        Maximum number of articles: those with the highest probability, highest first.
    details : bool
        Whether to read evidence, measured columns and quality parts.
    """
    chosen = select(_OF.id).where(filters.condition())
    if limit is not None:
        # Sort only ids and probabilities; read the wide columns afterwards.
        chosen = chosen.order_by(MOST_PROBABLE, _OF.id).limit(limit)
    more = (*(_DETAILS if details else ()), *((_KEPT.text,) if include_text else ()))
    query = (
        select(*_SELECTED, *more)
        .select_from(JUDGED)
        .where(_OF.id.in_(chosen))
        .order_by(*(() if limit is None else (MOST_PROBABLE,)), _OF.id)
    )
    for row in connection.execute(query.execution_options(stream_results=True)):
        yield _article(tuple(row), details=details, include_text=include_text)


def _article(row: tuple[Any, ...], *, details: bool, include_text: bool) -> Article:
    marks = tuple(stored_marks(row[_EVIDENCE]))
    flat = list(row[: len(FIELDS)])
    flat[_EVIDENCE] = "; ".join(
        f"{w.wording} -> {w.expected[0]}" if w.expected else w.wording for w in wordings(marks)[:_MOST_WORDINGS]
    )
    values = tuple(_typed(value, field.kind) for value, field in zip(flat, FIELDS, strict=True))
    text = row[-1] if include_text and isinstance(row[-1], str) else None
    if not details:
        return Article(values, [], {}, {}, text)
    numbers, names, parts = row[len(FIELDS) : len(FIELDS) + 3]
    columns = zip(_listed(names), _listed(numbers), strict=False)
    return Article(
        values,
        [mark_as_dict(mark) for mark in marks],
        {str(name): _typed(value, "number") for name, value in columns},
        {str(name): _typed(value, "number") for name, value in _mapped(parts).items()},
        text,
    )


_BEYOND = 2**63
"""The smallest whole number that no data frame or table takes."""


def _typed(value: object, kind: str) -> Any:  # noqa: ANN401 - of one of three types, or None
    """The value in the type of its field, or None, because SQLite keeps any type in any column."""
    if kind == "text":
        return value if isinstance(value, str) and value else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    if kind == "number":
        return float(value)
    return int(value) if abs(value) < _BEYOND else None


def _listed(text: object) -> list[Any]:
    found = _parsed(text)
    return found if isinstance(found, list) else []


def _mapped(text: object) -> dict[Any, Any]:
    found = _parsed(text)
    return found if isinstance(found, dict) else {}


def _parsed(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
