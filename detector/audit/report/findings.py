"""Find the articles to read first, highest probability first, with their marks and passages."""

import json
import math
import sqlite3
from collections.abc import Iterator

from detector.audit.report.figures import Finding
from detector.audit.report.passages import MOST_WORDINGS, passages, wordings
from detector.audit.row import Mark
from detector.audit.store import Filter


def findings(connection: sqlite3.Connection, filters: Filter, most: int) -> tuple[tuple[Finding, ...], int]:
    """The stories to read first, and their total number. The temporary table ``told`` must be filled.

    These are suspect and spun stories, or else those that match the filter's ``min_probability`` and ``label``.
    """
    condition, values = _wanted(filters)
    (count,) = connection.execute(
        f"SELECT COUNT(*) FROM told WHERE lead AND {condition}",  # noqa: S608 - constants
        values,
    ).fetchone()
    chosen = connection.execute(
        f"SELECT id FROM told WHERE lead AND {condition} ORDER BY probability DESC, id LIMIT ?",  # noqa: S608 - as above
        (*values, most),
    ).fetchall()
    return tuple(_finding(connection, article) for (article,) in chosen), count


def _wanted(filters: Filter) -> tuple[str, tuple[object, ...]]:
    if filters.label is None and filters.min_probability is None:
        return "label IN ('suspect', 'spun')", ()
    parts, values = ["1"], list[object]()
    if filters.label is not None:
        parts.append("label = ?")
        values.append(str(filters.label))
    if filters.min_probability is not None:
        parts.append("probability >= ?")
        values.append(filters.min_probability)
    return " AND ".join(parts), tuple(values)


def _finding(connection: sqlite3.Connection, article: int) -> Finding:
    source, url, origin, title, date, label, probability, quality, words, marks, signature, evidence, text, story = (
        connection.execute(
            "SELECT source, url, origin, title, date, label, probability, quality, words, marks, signature, evidence, "
            "text, COALESCE(story, a.id) FROM articles AS a LEFT JOIN models AS m ON m.id = a.model "
            "LEFT JOIN details AS d ON d.article = a.id WHERE a.id = ?",
            (article,),
        ).fetchone()
    )
    (copies,) = connection.execute("SELECT SUM(articles) - 1 FROM told WHERE story = ?", (story,)).fetchone()
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
        copies=copies or 0,
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
    except ValueError:
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
        except (KeyError, TypeError, ValueError):
            continue
