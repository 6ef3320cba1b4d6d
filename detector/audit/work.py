"""The code of a worker: make the checker once, then read and judge articles, each within a time limit.

An error of an article becomes its row and is never raised. Three events end a worker: an article that exceeds its time
limit, a crash in a library, and a lack of memory. The engine handles those (:mod:`detector.audit.engine`).
"""

import faulthandler
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from detector.audit.identity import origin_of, text_hash
from detector.audit.item import Item
from detector.audit.near_duplicates import sketch
from detector.audit.row import AuditRow, Judgement, Packed, pack, summarise
from detector.audit.traced import Traced, Tracing, best_source
from detector.errors import GrammarError, UnreadableError, UnspinError
from detector.read import Limits
from detector.verdict import Verdict
from features.document import Document

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

    from detector.own_thresholds import OwnThresholds
    from detector.tracing.lasting_tracer import LastingTracer


class Judge(Protocol):
    """Judges articles: a :class:`~detector.checker.Checker`, or an object with the same interface."""

    @property
    def signature(self) -> str:
        """Identifies the version, the model and the grammar checker."""

    def check(self, document: Document) -> Verdict:
        """Judge one article; raises UnspinError if that fails."""


class Maker(Protocol):
    """Makes a worker's judge. It is sent to every worker, so it must be picklable, hashable and importable there."""

    def __call__(self) -> Judge:
        """Returns a judge; raises UnspinError if that fails."""


class Place(Protocol):
    """The place and the facts of an article, shared by records, items and rows."""

    @property
    def source(self) -> str:
        """Its place in the source."""

    @property
    def url(self) -> str | None:
        """Its web address, if known."""

    @property
    def outlet(self) -> str | None:
        """Its publisher."""

    @property
    def date(self) -> str | None:
        """Its date of publication."""

    @property
    def title(self) -> str | None:
        """Its headline."""

    @property
    def author(self) -> str | None:
        """Its byline."""


class Record(Place, Protocol):
    """An article that is not yet decoded, such as :class:`~detector.audit.sources.raw.RawItem`."""

    @property
    def error(self) -> str | None:
        """One sentence, if there is nothing to decode."""

    @property
    def error_kind(self) -> str | None:
        """The kind of error, for counting."""

    @property
    def data(self) -> bytes | str | None:
        """The article as the source holds it; None for an error."""

    @property
    def content_type(self) -> str | None:
        """The content type, as in an HTTP header."""

    def read(self, limits: Limits) -> Item:
        """Decode the article; an error becomes the item's error."""


@dataclass(frozen=True)
class CheckerMaker:
    """Makes the checker of ``unspin check`` with the embedded model.

    Parameters
    ----------
    grammar : str
        ``"harper"``, ``"languagetool"`` or ``"none"``.
    languagetool_server : str, optional
        Address of a running LanguageTool server.
    thresholds : OwnThresholds, optional
        The newsroom's own thresholds.
    reader : str
        When the reader reads an article, as in :class:`~detector.checker.Checker`.
    """

    grammar: str = "harper"
    languagetool_server: str | None = None
    thresholds: "OwnThresholds | None" = None
    reader: str = "auto"

    @property
    def by_outlet(self) -> bool:
        """Whether the label of a text depends on its outlet."""
        return self.thresholds is not None and bool(self.thresholds.outlets)

    def __call__(self) -> Judge:
        """Load the model and its tables, and start the grammar checker."""
        from detector.checker import Checker

        settings = None
        if self.languagetool_server is not None:
            from detector.settings import read_settings

            settings = read_settings(self.languagetool_server)
        return Checker(grammar=self.grammar, languagetool=settings, thresholds=self.thresholds, reader=self.reader)


@dataclass(frozen=True)
class Orders:
    """The settings that are sent to the workers with every batch.

    Parameters
    ----------
    seconds : float
        Time limit for each article; 0 for none.
    tracing : Tracing, optional
        The archive in which sources are looked for.
    skip_tracing : bool
        Say that the archive was not searched: a worker ended over these articles, and the verdict matters more.
    """

    maker: Maker
    limits: Limits = field(default_factory=Limits)
    seconds: float = 0.0
    keep_text: bool = False
    tracing: Tracing | None = None
    skip_tracing: bool = False


class Done(NamedTuple):
    """An article's row, the sketch of its text, and the long parts of its verdict, packed for the store."""

    row: AuditRow
    sketch: bytes = b""
    packed: Packed | None = None


_MAKING = threading.Lock()
_MADE: dict[Maker, Judge] = {}
_TRACING = threading.Lock()
_TRACERS: dict[Tracing, "LastingTracer"] = {}
_PAUSE = 10.0
"""Seconds for which an archive that failed is left alone: a million articles must not each wait for it."""
_SKIPPED = (
    "The archive was not searched for this article, because a worker process had ended: use --rescore to try again."
)


def introduce(maker: Maker) -> str:
    """Make the judge, and return its signature. Raises UnspinError if the judge cannot be made."""
    return _judge(maker).signature


def judge(orders: Orders, records: Sequence[Record]) -> list[Done]:
    """Read and judge articles, and return one result for each, in order."""
    judging = _judge(orders.maker)
    with _one_thread(), _Deadline(orders.seconds) as deadline:
        done = []
        for record in records:
            deadline.begin()
            done.append(_judge_one(judging, orders, record, deadline))
        return done


def _judge(maker: Maker) -> Judge:
    with _MAKING:
        if maker not in _MADE:
            _MADE[maker] = maker()
        return _MADE[maker]


def _judge_one(judging: Judge, orders: Orders, record: Record, deadline: "_Deadline") -> Done:
    try:
        item = record.read(orders.limits)
    except Exception as error:  # noqa: BLE001 - a fault in one article must not affect the others
        return Done(failed(record, _fault(record.source, error), "fault"))
    if item.document is None:
        return Done(failed(item, item.error or "", item.error_kind or "unreadable"))
    text = item.document.text
    hashed = text_hash(text)
    try:
        judgement = summarise(_of_outlet(judging, item).check(item.document))
        sketched, packed = sketch(text), pack(judgement)
    except UnreadableError as error:
        return Done(failed(item, str(error), "too_long", hashed))
    except GrammarError as error:
        return Done(failed(item, str(error), "grammar", hashed))
    except UnspinError as error:
        return Done(failed(item, str(error), "unreadable", hashed))
    except Exception as error:  # noqa: BLE001 - as above
        return Done(failed(item, _fault(item.source, error), "fault", hashed))
    row = _row(item, judgement, hashed, text if orders.keep_text else None)
    if orders.tracing is not None:
        deadline.begin()
        row = replace(row, traced=_trace(orders, item, item.document))
    return Done(row, sketched, packed)


def _of_outlet(judging: Judge, place: Place) -> Judge:
    """The judge with the thresholds of the article's outlet, if it is one that has such thresholds."""
    of_outlet: Callable[[str], Judge] | None = getattr(judging, "of_outlet", None)
    return judging if of_outlet is None else of_outlet(origin_of(place.source, place.url, place.outlet))


def _trace(orders: Orders, item: Item, document: Document) -> Traced:
    """The best source of an article; what goes wrong here costs no verdict."""
    if orders.tracing is None or orders.skip_tracing:
        return Traced(None, _SKIPPED)
    try:
        # Tracers share the weights of words, which take one text at a time.
        with _TRACING:
            tracer = _tracer(orders.tracing)
            found = tracer.trace(document, date=item.date or "", outlet=item.outlet or "", pairs=False)
        return best_source(found, origin_of(item.source, item.url, item.outlet))
    except UnspinError as error:
        return Traced(None, str(error))
    except Exception as error:  # noqa: BLE001 - as above
        return Traced(None, _fault(item.source, error))


def _tracer(tracing: Tracing) -> "LastingTracer":
    if tracing not in _TRACERS:
        from detector.tracing.lasting_tracer import LastingTracer

        _TRACERS[tracing] = LastingTracer(tracing.place, tracing.licensed, pause=_PAUSE)
    return _TRACERS[tracing]


def _row(item: Item, judgement: Judgement, hashed: str, text: str | None) -> AuditRow:
    return AuditRow(
        source=item.source,
        hash=hashed,
        url=item.url,
        outlet=item.outlet,
        date=item.date,
        title=item.title,
        author=item.author,
        verdict=judgement,
        text=text,
    )


def failed(place: Place, sentence: str, kind: str, hashed: str | None = None) -> AuditRow:
    """The row of an article that could not be judged; ``hashed`` is the hash of its text, if any."""
    return AuditRow(
        source=place.source,
        hash=hashed,
        url=place.url,
        outlet=place.outlet,
        date=place.date,
        title=place.title,
        author=place.author,
        error=sentence,
        error_kind=kind,
    )


def _fault(source: str, error: Exception) -> str:
    # The message of the error may quote the article, so only its type is shown.
    return f"{source}: a fault in unspin ({type(error).__name__}). Please report it."


@cache
def _threads() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Limit linear algebra to one thread, because there is already a worker for every core."""
    with _threads().limit(limits=1):
        yield


class _Deadline:
    """Ends this process if an article exceeds its time limit.

    It uses the interpreter's watchdog, which needs neither the interpreter lock nor a signal. The limit therefore also
    holds inside a regular expression or Rust code. If several threads judge, each new article restarts the time.
    """

    _lock = threading.Lock()
    _busy = 0

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> Self:
        with _Deadline._lock:
            _Deadline._busy += 1
        return self

    def begin(self) -> None:
        """Start the time of an article."""
        if self.seconds:
            faulthandler.dump_traceback_later(self.seconds, exit=True, file=_nowhere())

    def __exit__(self, *_: object) -> None:
        with _Deadline._lock:
            _Deadline._busy -= 1
            if self.seconds and not _Deadline._busy:
                faulthandler.cancel_dump_traceback_later()


@cache
def _nowhere() -> int:
    # The traceback of the stuck thread holds no article text, but it would disturb the progress line.
    return os.open(os.devnull, os.O_WRONLY)
