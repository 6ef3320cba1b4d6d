"""From a store to a :class:`Summary`: one pass to collect, then a handful of aggregates."""

import math
from dataclasses import replace
from pathlib import Path

from detector.audit.report import stories
from detector.audit.report.chance import likely_range
from detector.audit.report.figures import Summary
from detector.audit.report.findings import findings as find
from detector.audit.report.reading import reading
from detector.audit.report.sourcing import sources
from detector.audit.report.timeline import timeline
from detector.audit.store import Filter, Store
from detector.intervals import wilson

MOST_OUTLETS = 50
MOST_FINDINGS = 25


def summarise(
    store: Store | str | Path,
    filters: Filter | None = None,
    *,
    outlets: int = MOST_OUTLETS,
    findings: int = MOST_FINDINGS,
) -> Summary:
    """What a store says: outlets ranked, time line, histogram, the articles to read first, errors.

    Works while an audit writes to the store; all numbers are of one moment.

    Parameters
    ----------
    store : Store or path
        An open store, or the file of one, which is opened for reading only.
    filters : Filter, optional
        Which articles to report on. ``min_probability`` and ``label`` narrow the list of articles to read first and
        nothing else: a share among the stories above a probability would mean nothing.
    outlets, findings : int
        How many to show at most.

    Raises
    ------
    StoreError
        If the file is missing, no store, damaged, or locked.
    """
    wanted = filters or Filter()
    every = replace(wanted, min_probability=None, label=None, errors=None, stories_once=False)
    condition, values = every.sql()
    with reading(store) as connection:
        stories.collect(connection, condition, values)
        numbers = stories.numbers(connection, condition, values)
        tally = stories.tally(connection)
        false_alarms = stories.false_alarms(connection)
        judges = stories.judges(connection)
        all_outlets = stories.count_outlets(connection)
        best = stories.outlets(connection, outlets, all_outlets)
        line = timeline(stories.days(connection))
        found, all_findings = find(connection, wanted, findings)
        return Summary(
            store=(store.path if isinstance(store, Store) else Path(store)).name,
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
            periods=line.periods,
            bins=stories.bins(connection) if tally.judged else (),
            findings=found,
            all_findings=all_findings,
            errors=stories.errors(connection, condition, values),
            judges=judges,
            sources=sources(connection, condition, values, outlets=outlets, proofs=findings),
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
