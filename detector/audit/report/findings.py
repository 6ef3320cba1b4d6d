"""Find the articles to read first, highest probability first, with their marks and passages."""

import json
import math
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from detector.audit.filters import Filter
from detector.audit.report.figures import Finding
from detector.audit.report.passages import MOST_WORDINGS, passages, wordings
from detector.audit.report.stories import LEADS, judged_stories
from detector.audit.row import Mark
from detector.audit.schema import articles, details, models
from detector.audit.store import JUDGED


def findings(connection: Connection, filters: Filter, most: int) -> tuple[tuple[Finding, ...], int]:
    """The stories to read first, and their total number. The temporary table ``judged_stories`` must be filled.

    These are suspect and spun stories, or else those that match the filter's ``min_probability`` and ``label``.
    """
    wanted = and_(LEADS, _wanted(filters))
    count = connection.execute(select(func.count()).where(wanted)).scalar_one()
    best = (
        select(judged_stories.c.id)
        .where(wanted)
        .order_by(judged_stories.c.probability.desc().nulls_last(), judged_stories.c.id)
        .limit(most)
    )
    return tuple(_finding(connection, article) for (article,) in connection.execute(best).fetchall()), count


def _wanted(filters: Filter) -> ColumnElement[bool]:
    if filters.label is None and filters.min_probability is None:
        return judged_stories.c.label.in_(("suspect", "spun"))
    label = true() if filters.label is None else judged_stories.c.label == filters.label.value
    return and_(
        label, true() if filters.min_probability is None else judged_stories.c.probability >= filters.min_probability
    )


def _finding(connection: Connection, article: int) -> Finding:
    of, story = articles.c, func.coalesce(articles.c.story, articles.c.id)
    query = (
        select(
            of.source, of.url, of.origin, of.title, of.date, of.label, of.probability, of.quality, of.words,
            of.marks, models.c.signature, details.c.evidence, details.c.text, story,
        )
        .select_from(JUDGED)
        .where(of.id == article)
    )  # fmt: skip
    found = connection.execute(query).one()
    source, url, origin, title, date, label, probability, quality, words, marks, *more = found
    signature, evidence, text, story = more
    copies = connection.execute(
        select(func.sum(judged_stories.c.articles) - 1).where(judged_stories.c.story == story)
    ).scalar()
    stored = tuple(stored_marks(evidence))
    listed = wordings(stored)
    return Finding(
        id=article,
        source=_text(source),
        url=_text(url),
        outlet=_text(origin),
        title=_text(title),
        date=_text(date),
        label=_text(label),
        probability=_number(probability),
        quality=_number(quality),
        words=words if isinstance(words, int) else 0,
        marks=max(marks if isinstance(marks, int) else 0, len(stored)),
        signature=_text(signature),
        copies=int(copies or 0),
        wordings=listed[:MOST_WORDINGS],
        passages=passages(_text(text), stored),
    )


# Stores are untrusted, and SQLite keeps any type in any column.
def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def stored_marks(evidence: object) -> Iterator[Mark]:
    """The marks of a stored article. Damaged marks are skipped, so that one damaged row does not stop a report."""
    try:
        listed = json.loads(evidence) if isinstance(evidence, str) else []
    except (ValueError, RecursionError):
        return
    for entry in listed if isinstance(listed, list) else ():
        try:
            yield Mark(
                feature=str(entry["feature"]),
                start=int(entry["start"]),
                end=int(entry["end"]),
                text=str(entry["text"]),
                message=str(entry["message"] or ""),
                expected=tuple(str(wording) for wording in entry["expected"] or ()),
                weight=float(entry["weight"] or 0.0),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
