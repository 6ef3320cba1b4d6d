"""Show the progress of an audit: one changing line on a terminal, or occasional lines in a log."""

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO, cast

from detector.audit.counting import count_beside
from detector.audit.tally import Tally
from detector.render.words import count
from detector.verdict import Label

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_WINDOW_SECONDS = 60.0
_FIRST_LINE_SECONDS = 10.0
_MOST_SECONDS = 300.0


class Counts(Protocol):
    """Counts whose progress can be shown."""

    @property
    def done(self) -> int:
        """Articles of the sources that are finished."""

    @property
    def total(self) -> int | None:
        """Number of articles in the sources, if known."""


class Rate:
    """Articles a second over the last minute.

    >>> rate = Rate()
    >>> [rate.at(seconds, done) for seconds, done in ((0.0, 0), (10.0, 500), (20.0, 1500))]
    [0.0, 50.0, 75.0]
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def at(self, seconds: float, done: int) -> float:
        """The rate at a time in seconds, given how many articles are done by then."""
        self._seen.append((seconds, done))
        while len(self._seen) > 2 and self._seen[0][0] < seconds - _WINDOW_SECONDS:
            self._seen.popleft()
        begun, before = self._seen[0]
        return (done - before) / (seconds - begun) if seconds > begun else 0.0


def line(tally: Tally, rate: float) -> str:
    """The progress of an audit in one line.

    >>> from collections import Counter
    >>> tally = Tally(judged=1500, failed=3, labels=Counter({Label.CLEAN: 1490, Label.SPUN: 8, Label.SUSPECT: 2}), total=6000)
    >>> line(tally, 75.0)
    '1,503 of 6,000 articles, 75 a second, 60 s left; 8 spun, 2 suspect, 3 errors'
    >>> line(Tally(), 0.0)
    '0 articles; 0 spun, 0 suspect, 0 errors'
    """
    errors = count(tally.errors, "error")
    labels = tally.labels
    return f"{how_far(tally, rate)}; {labels[Label.SPUN]:,} spun, {labels[Label.SUSPECT]:,} suspect, {errors}"


def how_far(counts: Counts, rate: float, noun: str = "article") -> str:
    """The number done, the rate and, if the total is known, the remaining time."""
    total = counts.total if counts.total is not None and counts.total >= counts.done else None
    done = f"{counts.done:,}" + (f" of {total:,}" if total is not None else "")
    several = {"article": "articles", "story": "stories"}[noun]
    parts = [f"{done} {noun if done == '1' else several}"]
    if rate > 0:
        parts.append(f"{rate:,.0f} a second" if rate >= 1 else f"{60 * rate:.0f} a minute")
        if total is not None and total > counts.done:
            parts.append(f"{duration((total - counts.done) / rate)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A length of time in words.

    >>> [duration(s) for s in (0.4, 59, 61, 3600, 5000, 200_000)]
    ['1 s', '59 s', '1 min', '1 h 0 min', '1 h 23 min', '55 h 33 min']
    """
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class Progress:
    """Context manager that shows a tally during a run. Call :meth:`tick` about once a second.

    Parameters
    ----------
    stream : file, optional
        Standard error by default.
    message : callable, optional
        Returns the message for a rate; by default :func:`line` of the tally.
    """

    def __init__(
        self, tally: Counts, stream: TextIO | None = None, message: Callable[[float], str] | None = None
    ) -> None:
        self.tally = tally
        self._message = message or (lambda rate: line(cast("Tally", tally), rate))
        self._stream = stream or sys.stderr
        self._rate = Rate()
        self._begun = time.monotonic()
        self._next = self._begun + _FIRST_LINE_SECONDS
        self._bar = _bar(self._stream) if self._stream.isatty() else None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self.tick()
            self._bar.stop()

    def tick(self) -> None:
        """Show the current counts."""
        now = time.monotonic()
        said = self._message(self._rate.at(now, self.tally.done))
        if self._bar is not None:
            total = self.tally.total
            self._bar.update(self._bar.task_ids[0], description=said, completed=self.tally.done, total=total)
        elif now >= self._next:
            # The intervals grow, so that the log of a long run stays short.
            self._next = now + min(_MOST_SECONDS, max(_FIRST_LINE_SECONDS, (now - self._begun) / 4))
            print(f"unspin: {said}", file=self._stream, flush=True)


@contextmanager
def shown(
    counts: Counts, sources: Iterable[str], *, quiet: bool, message: Callable[[float], str] | None = None
) -> Iterator[Callable[[], None]]:
    """Show the progress of a run over some sources, unless ``quiet``. Yields what to call about once a second."""
    if quiet:
        yield lambda: None
        return
    count_beside(sources, lambda number: setattr(counts, "total", number))
    with Progress(counts, message=message) as progress:
        yield progress.tick


def _bar(stream: TextIO) -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Made

    bar = Made(
        BarColumn(bar_width=20),
        TextColumn("{task.description}", markup=False),
        console=Console(file=stream),
        transient=True,
    )
    bar.add_task("starting", total=None)
    return bar
