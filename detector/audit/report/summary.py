"""Compute the :class:`Summary` of a store: collect the stories once, then aggregate them."""

import math
from dataclasses import replace

from detector.audit.place import Place, place_of
from detector.audit.report import stories
from detector.audit.report.chance import likely_range
from detector.audit.report.figures import Summary
from detector.audit.report.findings import findings as find
from detector.audit.report.reading import reading
from detector.audit.report.sourcing import sources
from detector.audit.report.timeline import timeline
from detector.audit.report.trends import trends
from detector.audit.store import Filter, Store
from detector.intervals import wilson

MOST_OUTLETS = 50
MOST_FINDINGS = 25


def summarise(
    store: Store | Place | str,
    filters: Filter | None = None,
    *,
    outlets: int = MOST_OUTLETS,
    findings: int = MOST_FINDINGS,
    by_author: bool = False,
) -> Summary:
    """The figures of a store: ranked outlets, time line, histogram, articles to read first, and errors.

    An audit may write to the store at the same time. All numbers come from one moment.

    Parameters
    ----------
    store : Store, path or address
        An open store, or the place of one, which is opened read-only.
    filters : Filter, optional
        Selects the articles. ``min_probability`` and ``label`` apply only to the list of articles to read first,
        because a share among stories above a probability would be meaningless.
    outlets, findings : int
        Maximum numbers of outlets (and bylines) and of articles to read first.
    by_author : bool
        Whether to rank the bylines with enough stories too.

    Raises
    ------
    StoreError
        If the file is missing, not a store, damaged, or locked.
    """
    wanted = filters or Filter()
    every = replace(wanted, min_probability=None, label=None, errors=None, stories_once=False)
    condition = every.condition()
    with reading(store) as connection:
        stories.collect(connection, condition)
        numbers = stories.numbers(connection, condition)
        tally = stories.tally(connection)
        false_alarms = stories.false_alarms(connection)
        judges = stories.judges(connection)
        all_outlets = stories.count_outlets(connection)
        best = stories.outlets(connection, outlets, all_outlets)
        line = timeline(stories.days(connection))
        found, all_findings = find(connection, wanted, findings)
        return Summary(
            store=(store.place if isinstance(store, Store) else place_of(store)).name,
            filters=_in_words(wanted),
            articles=numbers.articles,
            judged_articles=numbers.judged,
            stories=tally,
            share=wilson(tally.spun, tally.judged),
            false_alarms=false_alarms,
            false_alarm_range=_range(tally.judged, false_alarms),
            too_short=numbers.too_short,
            not_english=numbers.not_english,
            failed=numbers.failed,
            first=line.first,
            last=line.last,
            undated=stories.undated(connection),
            outside=line.outside,
            outlets=best,
            all_outlets=all_outlets,
            trends=trends(connection, [outlet.name for outlet in best]),
            periods=line.periods,
            bins=stories.bins(connection) if tally.judged else (),
            findings=found,
            all_findings=all_findings,
            errors=stories.errors(connection, condition),
            judges=judges,
            bylines=stories.bylines(connection, outlets) if by_author else None,
            sources=sources(connection, condition, outlets=outlets, proofs=findings),
        )


def _range(judged: int, false_alarms: float) -> tuple[int, int]:
    if not judged or math.isnan(false_alarms):
        return 0, 0
    return likely_range(judged, false_alarms / judged)


def _in_words(filters: Filter) -> str:
    parts = []
    if filters.since:
        parts.append(f"since {filters.since}")
    if filters.until:
        parts.append(f"until {filters.until}")
    if filters.outlet:
        parts.append(f"outlet {filters.outlet}")
    if filters.min_probability is not None:
        parts.append(f"articles listed from a probability of {filters.min_probability:g}")
    return ", ".join(parts)
