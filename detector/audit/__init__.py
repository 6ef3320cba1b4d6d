"""Audit a whole feed: sources, store, engine, report.

>>> from detector.audit import audit
>>> list(audit([]))
[]
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from detector.audit.filters import Filter, Order
from detector.audit.place import Place, StoreError
from detector.audit.row import AuditRow, Judgement, Mark
from detector.audit.store import Store, StoredRow
from detector.audit.tally import Tally

if TYPE_CHECKING:
    from detector.audit.engine import Engine, Plan
    from detector.audit.sources import SourceOptions
    from detector.audit.work import Maker

__all__ = ["AuditRow", "Filter", "Judgement", "Mark", "Order", "Store", "StoreError", "StoredRow", "Tally", "audit"]

SECONDS = 60.0
"""Time limit for an article in seconds. A typical article needs a thousandth of it."""


def audit(
    sources: Sequence[str],
    *,
    store: Store | Place | str | None = None,
    grammar: str = "harper",
    languagetool_server: str | None = None,
    reader: str = "auto",
    jobs: int | None = None,
    backend: str = "processes",
    scheduler: str | None = None,
    keep_text: bool = False,
    by_author: bool = False,
    rescore: bool = False,
    retry_errors: bool = False,
    seconds: float = SECONDS,
    options: "SourceOptions | None" = None,
    archive: str | Path | None = None,
    licensed: Collection[tuple[str, str]] = (),
    checker: "Maker | None" = None,
    tally: Tally | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[AuditRow]:
    """Judge every article of the sources, and yield rows in order of completion.

    With a store, each row is stored before it is yielded, and articles already in the store are not judged again. After
    an interruption, the same call therefore continues where it stopped. Without a store, nothing is kept.

    Parameters
    ----------
    sources : sequence of str
        Files, folders, archives or addresses. ``-`` means standard input. See docs/sources.md.
    store : Store, path or address, optional
        A file, or ``postgresql://USER@HOST/DATABASE``. A store that is not given open is closed at the end.
    grammar, languagetool_server, reader
        As in :class:`~detector.checker.Checker`.
    jobs : int, optional
        Number of worker processes; by default one for each processor. 0 judges in this process, without a time limit
        and without protection against crashes.
    backend : str
        ``"processes"``, or ``"dask"`` with the address of a ``scheduler``.
    by_author : bool
        Whether to store the bylines, which name persons.
    rescore : bool
        Whether to judge articles again that another model judged.
    retry_errors : bool
        Whether to try articles again that ended in an error.
    seconds : float
        Time limit for each article.
    archive : str or Path, optional
        Place of an archive, in which the source of each article is looked for (``row.traced``). With ``rescore`` also
        that of articles for which it was not looked for before. It changes no verdict.
    licensed : collection of (str, str)
        Pairs of outlets: the first may republish the second.
    checker : callable, optional
        Makes the judge in every worker and replaces ``grammar``. Must be picklable and hashable.
    tally : Tally, optional
        Counts, updated during the run.
    tick : callable, optional
        Called about once a second.

    Raises
    ------
    UnspinError
        If the audit cannot start or continue: no model, no store, no workers. A bad article or source becomes a row.
    ValueError
        If ``sources`` is a single source instead of a list.
    """
    from dataclasses import asdict, replace

    from detector.audit.backends import backend as backend_of
    from detector.audit.engine import Engine, Plan
    from detector.audit.sources import SourceOptions, read_raw, refuse_single
    from detector.audit.traced import Tracing
    from detector.audit.work import CheckerMaker, Orders
    from detector.audit.writing import Writer

    refuse_single(sources)
    options = options or SourceOptions()
    maker = checker or CheckerMaker(grammar, languagetool_server, reader=reader)
    tracing = None if archive is None else Tracing(str(archive), frozenset(licensed))
    orders = Orders(maker, options.limits, seconds, keep_text, tracing)
    plan = Plan(
        rescore=rescore,
        retry_errors=retry_errors,
        trace=tracing is not None,
        by_outlet=getattr(maker, "by_outlet", False),
    )
    tally = tally if tally is not None else Tally()
    workers = backend_of(backend, jobs=jobs, scheduler=scheduler)
    if not sources:
        return
    if store is None:
        engine = Engine(workers, orders, plan=plan, tally=tally)
        yield from engine.run(read_raw(sources, options), tick=tick)
        return
    opened = store if isinstance(store, Store) else Store.open(store)
    try:
        settings = {"grammar": grammar, "keep_text": keep_text, "by_author": by_author, **asdict(plan)}
        writer = Writer(opened, sources, settings, by_author=by_author)
        outcome = None
        try:
            engine = Engine(workers, orders, writer=writer, plan=plan, tally=tally)
            with _addresses(opened, engine, plan) as known:
                yield from engine.run(read_raw(sources, replace(options, known=known)), tick=tick)
            outcome = tally.as_dict()
        finally:
            writer.close(outcome)
    finally:
        if opened is not store:
            opened.close()


@contextmanager
def _addresses(store: Store, engine: "Engine", plan: "Plan") -> Iterator[Callable[[str], bool] | None]:
    """The function that says which addresses are already stored; None for a store in memory, which no thread shares."""
    if str(store.place) == ":memory:":
        yield None
        return
    from detector.audit.addresses import Addresses

    addresses = Addresses(
        store.place,
        signature=lambda: engine.signature if plan.rescore else "",
        retry_errors=plan.retry_errors,
        traced=plan.rescore and plan.trace,
        count=engine.skip,
    )
    try:
        yield addresses.known
    finally:
        addresses.close()
