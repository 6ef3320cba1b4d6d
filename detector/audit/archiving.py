"""Fill an archive from any source that an audit reads."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from detector.archive import Archive, ArchivedStory
from detector.audit.filters import Filter
from detector.audit.item import Item
from detector.audit.place import Server, place_of
from detector.audit.sources import SourceOptions, read_sources, refuse_single
from detector.audit.store import Store
from detector.audit.tally import MOST_ERRORS
from detector.errors import UnspinError
from features.document import Document

_SQLITE = b"SQLite format 3\0"
_TICK_SECONDS = 1.0
_UNITS = {"d": 1, "w": 7, "y": 365}
_LONGEST_DAYS = 365_000


@dataclass
class Filling:
    """Counts of one run, updated while it runs.

    Parameters
    ----------
    changed : int
        Stories read that were new or had changed; known at the end.
    old : int
        Stories read that were too old for the archive.
    failed : int
        Places in the sources that could not be read as a story.
    removed : int
        Old stories removed from the archive.
    total : int or None
        Number of stories in the sources, if known.
    sentences : list of str
        Messages of the first few errors.
    """

    read: int = 0
    changed: int = 0
    old: int = 0
    failed: int = 0
    removed: int = 0
    total: int | None = None
    sentences: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Stories of the sources that are finished, with or without an error."""
        return self.read + self.failed

    def fail(self, sentence: str) -> None:
        """Count an error, and keep its message if it is one of the first."""
        self.failed += 1
        if len(self.sentences) < MOST_ERRORS:
            self.sentences.append(sentence)

    def as_dict(self) -> dict[str, Any]:
        """As plain values, for ``--json``."""
        return {
            "done": self.done,
            "changed": self.changed,
            "known": self.read - self.old - self.changed,
            "old": self.old,
            "errors": self.failed,
            "removed": self.removed,
        }


def fill(
    archive: Archive,
    sources: Sequence[str],
    *,
    options: SourceOptions | None = None,
    outlet: str = "",
    keep_days: int | None = None,
    filling: Filling | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Filling:
    """Add every story of some sources to an archive.

    Stories already in the archive stay unchanged. After an interruption, the same call continues where it stopped.

    Parameters
    ----------
    sources : sequence of str
        As in :func:`detector.audit.audit`, and also audit stores that hold texts.
    outlet : str
        The outlet of stories whose source names none.
    keep_days : int, optional
        Older stories are not added, and they are removed from the archive.
    filling : Filling, optional
        Counts, updated during the run.
    tick : callable, optional
        Called about once a second.

    Raises
    ------
    UnspinError
        If the archive cannot be used any longer. A bad story or source is only counted.
    """
    refuse_single(sources)
    filling = filling if filling is not None else Filling()
    limit = "" if keep_days is None else _days_ago(keep_days)
    items = _every_second(_items(sources, options or SourceOptions()), tick)
    filling.changed = archive.add(_stories(items, outlet, limit, filling))
    if limit:
        filling.removed = archive.remove(before=limit)
    return filling


def days_of(said: str) -> int:
    """Parses a length of time, and returns days.

    Raises UnspinError if it is not a length of time, or longer than 1,000 years.

    >>> [days_of(said) for said in ("90d", "12w", "2y")]
    [90, 84, 730]
    """
    match = re.fullmatch(r"([0-9]{1,6})\s*([dwy])", said.strip().lower())
    days = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 0 < days <= _LONGEST_DAYS:
        raise UnspinError(f"“{said}” is no time to keep stories: write 90d, 12w or 2y for days, weeks or years.")
    return days


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _every_second(items: Iterator[Item], tick: Callable[[], None]) -> Iterator[Item]:
    due = time.monotonic() + _TICK_SECONDS
    for item in items:
        yield item
        if time.monotonic() >= due:
            tick()
            due = time.monotonic() + _TICK_SECONDS
    tick()


def _stories(items: Iterator[Item], outlet: str, limit: str, filling: Filling) -> Iterator[ArchivedStory]:
    for item in items:
        if item.document is None:
            filling.fail(item.error or f"{item.source} has no text.")
            continue
        filling.read += 1
        if item.date and item.date < limit:
            filling.old += 1
            continue
        yield ArchivedStory(
            item.id or "",
            item.document.text,
            title=item.title or "",
            outlet=item.outlet or outlet,
            date=item.date or "",
            url=item.url or "",
        )


def _items(sources: Sequence[str], options: SourceOptions) -> Iterator[Item]:
    """Items in the order of the sources. Neighbouring sources that are not stores are read in one call."""
    together: list[str] = []
    for source in sources:
        if _is_store(source):
            yield from read_sources(together, options)
            together = []
            yield from _of_store(source)
        else:
            together.append(source)
    yield from read_sources(together, options)


def _is_store(source: str) -> bool:
    if isinstance(place_of(source), Server):
        return True
    with suppress(OSError, ValueError):
        path = Path(source)
        if path.is_file():
            with path.open("rb") as file:
                return file.read(len(_SQLITE)) == _SQLITE
    return False


def _of_store(source: str) -> Iterator[Item]:
    """The articles of an audit store; an error becomes an item."""
    without, path = 0, str(place_of(source))
    try:
        with Store.open(source, read_only=True) as store:
            for stored in store.rows(Filter(errors=False)):
                row = stored.row
                if row.text is None:
                    without += 1
                    continue
                yield Item(
                    row.source, Document(row.text), url=row.url, outlet=row.outlet, date=row.date, title=row.title
                )
    except UnspinError as error:
        yield Item(path, error=str(error))
    if without:
        yield Item(
            path,
            error=f"{path}: {without:,} articles of this audit store have no text: audit their sources with --keep-text.",
        )
