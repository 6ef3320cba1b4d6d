"""The aggregates of a report, computed by the database with constant memory.

The judged articles first go into the temporary table ``judged_stories``. There, a near-duplicate counts once for each
outlet. The database drops the table with the connection. Counts over all outlets use only the ``lead`` of each story:
its first article. It is chosen by age, so that no score decides which copy counts.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from detector.audit.filters import when
from detector.audit.report.chance import LEAST_STORIES, standing
from detector.audit.report.figures import Bin, Byline, Bylines, Judge, Kind, Outlet, Standing, Tally
from detector.audit.schema import articles, models
from detector.intervals import wilson

BINS = 20
_MOST_KINDS = 20

_TEMPORARY = MetaData()
judged_stories = Table(
    "judged_stories",
    _TEMPORARY,
    Column("origin", Text),
    Column("story", BigInteger),
    Column("id", BigInteger),
    Column("articles", Integer),
    Column("lead", Integer),
    Column("day", Text),
    Column("undated", Integer),
    Column("label", Text),
    Column("probability", Float),
    Column("model", BigInteger),
    Column("author", Text),
    Index("judged_story", "story", "id"),
    Index("judged_origin", "origin"),
    prefixes=["TEMPORARY"],
)
"""The judged articles of a report, once for each story and outlet."""

LEADS = judged_stories.c.lead == 1
STORY = func.coalesce(articles.c.story, articles.c.id)
_JUDGED = articles.c.label.in_(("clean", "suspect", "spun"))


def times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows meet a condition."""
    return func.count().filter(condition)


_BY_LABEL = tuple(times(judged_stories.c.label == label) for label in ("clean", "suspect", "spun"))
_EXPECTED = (func.count(models.c.spun_rate), func.coalesce(func.sum(models.c.spun_rate), 0.0))
_WITH_MODELS = judged_stories.outerjoin(models, models.c.id == judged_stories.c.model)


class Numbers(NamedTuple):
    """The numbers of matching articles: all, judged, abstained and failed."""

    articles: int
    judged: int
    too_short: int
    not_english: int
    failed: int


def collect(store: Connection, condition: ColumnElement[bool]) -> None:
    """Fill the temporary table ``judged_stories`` with the judged articles that match a condition on the articles."""
    fill(store, judged_stories, _rows(condition))
    first = select(func.min(judged_stories.c.id)).group_by(judged_stories.c.story)
    store.execute(update(judged_stories).where(judged_stories.c.id.in_(first)).values(lead=1))


def fill(store: Connection, table: Table, rows: Select[Any]) -> None:
    """Make a temporary table anew, and put rows into it."""
    table.drop(store, checkfirst=True)
    table.create(store, checkfirst=False)
    store.execute(insert(table).from_select([column.name for column in table.c], rows))


def _rows(condition: ColumnElement[bool]) -> Select[Any]:
    # A story whose versions name different people counts for none of them.
    one = case((func.min(articles.c.author) == func.max(articles.c.author), func.min(articles.c.author)))
    first = (
        select(func.min(articles.c.id).label("id"), func.count().label("articles"), one.label("author"))
        .where(condition, _JUDGED)
        .group_by(articles.c.origin, STORY)
        .subquery()
    )
    of = articles.c
    undated = case((of.date.is_(None), 1), else_=0)
    return select(
        of.origin, STORY, of.id, first.c.articles, literal(0), func.substr(when, 1, 10), undated, of.label,
        of.probability, of.model, first.c.author,
    ).join_from(first, articles, articles.c.id == first.c.id)  # fmt: skip


def numbers(store: Connection, condition: ColumnElement[bool]) -> Numbers:
    """The numbers of articles that match the condition."""
    of = articles.c
    failed = times(of.error.is_not(None))
    counts = (func.count(), times(_JUDGED), times(of.label == "too_short"), times(of.label == "not_english"), failed)
    return Numbers(*store.execute(select(*counts).select_from(articles).where(condition)).one())


def tally(store: Connection) -> Tally:
    """The number of stories by label."""
    return Tally(*tuple(store.execute(select(*_BY_LABEL).where(LEADS)).one()))


def false_alarms(store: Connection) -> float:
    """Expected number of wrongly flagged stories if people had written all; NaN if a model states no rate."""
    query = select(func.count(), *_EXPECTED).select_from(_WITH_MODELS).where(LEADS)
    judged, known, expected = store.execute(query).one()
    return float(expected) if known == judged else math.nan


def count_outlets(store: Connection) -> int:
    """The number of outlets with a judged story."""
    return int(store.execute(select(func.count(judged_stories.c.origin.distinct()))).scalar_one())


def outlets(store: Connection, most: int, among: int) -> tuple[Outlet, ...]:
    """The first ``most`` of ``among`` outlets, by rank."""
    return _ranked(store, judged_stories.c.origin, most, among)


def bylines(store: Connection, most: int) -> Bylines:
    """The first ``most`` bylines with enough stories, by rank. The same name at two outlets may be two people."""
    byline, signed = (judged_stories.c.author, judged_stories.c.origin), judged_stories.c.author.is_not(None)
    of = select(*byline, func.count(), *_EXPECTED, *_BY_LABEL).select_from(_WITH_MODELS).where(signed).group_by(*byline)
    all_ = int(store.execute(select(func.count()).select_from(of.with_only_columns(*byline).subquery())).scalar_one())
    listed = (
        _byline(str(outlet), _outlet(str(name), Tally(*labels), float(expected) if known == judged else math.nan, all_))
        for name, outlet, judged, known, expected, *labels in store.execute(of.having(func.count() >= LEAST_STORIES))
    )
    best = heapq.nsmallest(most, listed, key=_rank)
    return Bylines(tuple(replace(each, rank=rank) for rank, each in enumerate(best, start=1)), all_, LEAST_STORIES)


def _byline(outlet: str, found: Outlet) -> Byline:
    at_most = Standing.UNCLEAR if found.standing is Standing.BEYOND else found.standing
    return Byline(**{**vars(found), "standing": at_most}, outlet=outlet)


def _ranked(store: Connection, name: ColumnElement[Any], most: int, among: int) -> tuple[Outlet, ...]:
    query = select(name, func.count(), *_EXPECTED, *_BY_LABEL).select_from(_WITH_MODELS).group_by(name)
    standing_there = (
        _outlet(str(name), Tally(*labels), float(expected) if known == judged else math.nan, among)
        for name, judged, known, expected, *labels in store.execute(query)
    )
    best = heapq.nsmallest(most, standing_there, key=_rank)
    return tuple(replace(outlet, rank=rank) for rank, outlet in enumerate(best, start=1))


def _outlet(name: str, tally: Tally, false_alarms: float, among: int) -> Outlet:
    return Outlet(
        rank=0,
        name=name,
        tally=tally,
        share=wilson(tally.spun, tally.judged),
        false_alarms=false_alarms,
        standing=standing(tally.spun, tally.judged, false_alarms / tally.judged, among),
    )


_STANDINGS = (Standing.BEYOND, Standing.UNCLEAR, Standing.UNKNOWN, Standing.EXPECTED)


def _rank(outlet: Outlet) -> tuple[int, float, float, int, str]:
    """The sort key of an outlet, smallest first: by standing, then by the lower end of the interval, highest first.

    Wilson's lower end alone would place an outlet with 3 of 3 spun stories above one with 50 of 120.
    """
    suspects = wilson(outlet.tally.suspect, outlet.tally.judged)
    return _STANDINGS.index(outlet.standing), -outlet.share.low, -suspects.low, -outlet.tally.judged, outlet.name


def days(store: Connection) -> Iterator[tuple[str, Tally]]:
    """Stories by day, oldest first. A value that is not a date stays as it is in the store."""
    query = (
        select(judged_stories.c.day, *_BY_LABEL)
        .where(LEADS)
        .group_by(judged_stories.c.day)
        .order_by(judged_stories.c.day)
    )
    for day, *labels in store.execute(query):
        yield day, Tally(*labels)


def undated(store: Connection) -> int:
    """The number of stories without a date, which count for the day they were added."""
    return int(store.execute(select(func.count()).where(LEADS, judged_stories.c.undated == 1)).scalar_one())


def bins(store: Connection) -> tuple[Bin, ...]:
    """The histogram of probabilities."""
    edges = [n / BINS for n in range(1, BINS)]
    below = [times(judged_stories.c.probability < edge) for edge in edges]
    all_, *lower = store.execute(select(times(judged_stories.c.probability.is_not(None)), *below).where(LEADS)).one()
    counts = [after - before for before, after in zip([0, *lower], [*lower, all_], strict=True)]
    return tuple(Bin(n / BINS, (n + 1) / BINS, count) for n, count in enumerate(counts))


def judges(store: Connection) -> tuple[Judge, ...]:
    """The models that judged, most stories first."""
    judged = (
        select(judged_stories.c.model, func.count().label("stories"), func.min(judged_stories.c.id).label("one"))
        .where(LEADS)
        .group_by(judged_stories.c.model)
        .subquery()
    )
    of, at = models.c, articles.c
    rows = store.execute(
        select(
            of.signature, judged.c.stories, at.threshold, at.suspect_threshold, of.spun_rate, of.suspect_rate,
            of.calibration_articles,
        )
        .select_from(judged.join(models, of.id == judged.c.model).join(articles, at.id == judged.c.one))
        .order_by(judged.c.stories.desc(), of.signature)
    )  # fmt: skip
    return tuple(
        Judge(str(signature), n, _number(spun), _number(suspect), _number(spun_rate), _number(suspect_rate), of or 0)
        for signature, n, spun, suspect, spun_rate, suspect_rate, of in rows
    )


def errors(store: Connection, condition: ColumnElement[bool]) -> tuple[Kind, ...]:
    """Failed articles by kind of error, most frequent first."""
    kind = func.coalesce(articles.c.error_kind, "").label("kind")
    found = (
        select(kind, func.count().label("n"), func.min(articles.c.id).label("one"))
        .where(condition, articles.c.error.is_not(None))
        .group_by(kind)
        .subquery()
    )
    rows = store.execute(
        select(found.c.kind, found.c.n, articles.c.error, articles.c.source)
        .select_from(found.join(articles, articles.c.id == found.c.one))
        .order_by(found.c.n.desc(), found.c.kind)
        .limit(_MOST_KINDS)
    )
    return tuple(Kind(str(name), n, str(sentence), str(source)) for name, n, sentence, source in rows)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan
