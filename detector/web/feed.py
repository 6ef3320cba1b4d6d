"""An audit store as JSON for the page: ranked outlets, their articles, one article. Schema ``unspin.feed/1``.

It only reads the store. Numbers, order and sentences come from ``unspin report``, so page and report always agree.
"""

import math
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from detector.audit.filters import MOST_PROBABLE, Filter, when
from detector.audit.place import Place
from detector.audit.report import words as report
from detector.audit.report.figures import Outlet
from detector.audit.report.findings import stored_marks
from detector.audit.report.passages import passages, wordings
from detector.audit.report.reading import reading
from detector.audit.report.summary import summarise
from detector.audit.schema import articles as table
from detector.audit.schema import details, models
from detector.audit.store import JUDGED
from detector.errors import UnspinError
from detector.render import words as say
from detector.render.data import dump
from detector.verdict import Label

SCHEMA = "unspin.feed/1"
MOST_OUTLETS = 200
PAGE = 50

_OF = table.c
_LISTED = (
    _OF.id, _OF.origin, _OF.title, _OF.source, when, _OF.label, _OF.probability, _OF.words, _OF.marks, _OF.error,
)  # fmt: skip


def overview(store: Place, since: str = "", until: str = "") -> bytes:
    """Returns the outlets as JSON, those with the most reliable numbers first, and how reliable the numbers are.

    Raises
    ------
    UnspinError
        If the store cannot be read, or a date is not valid.
    """
    found = summarise(store, Filter(since=since or None, until=until or None), outlets=MOST_OUTLETS, findings=0)
    return _json(
        {
            "store": found.store,
            "period": report.period(found),
            "headline": report.headline(found),
            "caution": report.caution(found),
            "counted": report.judged_note(found),
            "rate": report.rate_note(found),
            "ranking": report.ranking_note(found),
            "labels": {
                "spun": found.stories.spun,
                "suspect": found.stories.suspect,
                "clean": found.stories.clean,
                "too_short": found.too_short,
                "not_english": found.not_english,
                "failed": found.failed,
            },
            "outlets": [_outlet(outlet) for outlet in found.outlets],
        }
    )


def articles(
    store: Place, *, outlet: str = "", label: str = "", since: str = "", until: str = "", offset: int = 0
) -> bytes:
    """Returns one page of articles as JSON, highest probability first; ``more`` says whether others follow.

    Parameters
    ----------
    label : str
        A label, ``failed`` for articles with an error, or "" for all.

    Raises
    ------
    UnspinError
        As :func:`overview`, and if the label does not exist.
    """
    where = Filter(since=since or None, until=until or None, outlet=outlet or None)
    if label == "failed":
        where = replace(where, errors=True)
    elif label:
        where = replace(where, label=_label(label))
    condition = where.condition()
    listed = select(*_LISTED).where(condition).order_by(MOST_PROBABLE, _OF.id).limit(PAGE).offset(max(0, offset))
    with reading(store) as connection:
        total = connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
        rows = connection.execute(listed).fetchall()
    shown = max(0, offset) + len(rows)
    return _json({"total": total, "more": shown < total, "articles": [_listed(tuple(row)) for row in rows]})


def article(store: Place, number: int) -> bytes:
    """Returns one article with its strongest marks as JSON. The text is included only if the store keeps texts.

    Raises
    ------
    UnspinError
        If the article does not exist, or the store cannot be read.
    """
    query = select(*_LISTED, _OF.url, _OF.quality, _OF.note, details.c.evidence, details.c.text, models.c.signature)
    with reading(store) as connection:
        row = connection.execute(query.select_from(JUDGED).where(_OF.id == number)).fetchone()
    if row is None:
        raise UnspinError(f"the store holds no article {number}: it may have been audited anew.")
    *listed, url, quality, note, evidence, text, signature = row
    marks = tuple(stored_marks(evidence))
    return _json(
        {
            **_listed(tuple(listed)),
            "url": url if isinstance(url, str) and url.startswith(("http://", "https://")) else "",
            "quality": quality if isinstance(quality, float) and math.isfinite(quality) else None,
            "note": _plain(note),
            "signature": _plain(signature),
            "wordings": [
                {
                    "kind": say.kind_of(wording.feature).key,
                    "wording": say.visible(wording.wording),
                    "expected": [say.visible(each) for each in wording.expected[:3]],
                    "message": say.visible(wording.message),
                    "times": wording.times,
                    "weight": wording.weight,
                    "strength": say.strength(wording.weight),
                }
                for wording in wordings(marks)
            ],
            "passages": [
                [{"text": say.visible(piece.text, keep="\n"), "kind": _kind(piece.feature)} for piece in passage]
                for passage in passages(text if isinstance(text, str) else "", marks)
            ],
            "text": text if isinstance(text, str) else "",
        }
    )


def _kind(feature: str) -> str:
    return say.kind_of(feature).key if feature else ""


def _outlet(outlet: Outlet) -> dict[str, Any]:
    share = outlet.share
    return {
        "rank": outlet.rank,
        "name": outlet.name,
        "shown": say.visible(outlet.name),
        "judged": outlet.tally.judged,
        "suspect": outlet.tally.suspect,
        "spun": outlet.tally.spun,
        "false_alarms": report.number_words(outlet.false_alarms),
        "share": _share(share.value),
        "low": _share(share.low),
        "high": _share(share.high),
        "share_words": report.percent(share.value),
        "interval": report.interval(share),
        "standing": report.standing(outlet),
    }


def _share(value: float) -> float | None:
    return None if math.isnan(value) else value


def _listed(row: tuple[Any, ...]) -> dict[str, Any]:
    id_, origin, title, source, date, label, probability, words, marks, error = row
    known = label in set(Label)
    judged = isinstance(probability, (int, float)) and math.isfinite(probability)
    return {
        "id": id_,
        "outlet": _plain(origin),
        "title": _plain(title) or _plain(source),
        "source": _plain(source),
        "date": _plain(date)[:10],
        "label": label if known else "failed",
        "label_words": say.TITLE[Label(label)] if known else "Not judged",
        "probability": say.probability_words(probability) if judged else "",
        "words": words if isinstance(words, int) else 0,
        "marks": marks if isinstance(marks, int) else 0,
        "error": _plain(error),
    }


def _plain(value: object) -> str:
    """Returns an untrusted text of the store on one line, with hidden characters made visible."""
    return say.visible(say.squeeze(value)) if isinstance(value, str) else ""


def _label(name: str) -> Label:
    try:
        return Label(name)
    except ValueError:
        raise UnspinError(f"there is no label “{say.visible(name[:40])}”.") from None


def _json(answer: dict[str, Any]) -> bytes:
    return dump({"schema": SCHEMA, **answer}, indent=None).encode()
