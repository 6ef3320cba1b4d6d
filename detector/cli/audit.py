"""``unspin audit``: everything that came in, in the morning."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detector.cli.exit import Exit
from detector.cli.notes import tell
from detector.cli.options import (
    AllowPrivate,
    FailingLabel,
    FailOn,
    Grammar,
    GrammarChecker,
    Jobs,
    LanguageToolServer,
    Thresholds,
    checker_for,
    column,
)

if TYPE_CHECKING:
    from detector.audit import Tally
    from detector.audit.sources import SourceOptions
    from detector.audit.work import CheckerMaker


def audit(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Feeds, lists of addresses, folders, archives, JSON Lines, CSV, Parquet, WARC, NewsML, mbox; files or "
            "addresses; - reads standard input.",
        ),
    ],
    *,
    store: Annotated[
        Path, typer.Option("--store", metavar="FILE", help="Where the results go; made if it is not there.")
    ] = Path("audit.sqlite"),
    grammar: GrammarChecker = Grammar.HARPER,
    languagetool_server: LanguageToolServer = None,
    thresholds: Thresholds = None,
    keep_text: Annotated[bool, typer.Option("--keep-text", help="Store the texts too.")] = False,
    rescore: Annotated[bool, typer.Option("--rescore", help="Judge again what another model judged.")] = False,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Try again what could not be judged before.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Fetch the page of feed items that hold only a summary.")
    ] = False,
    delay: Annotated[
        float, typer.Option("--delay", metavar="SECONDS", min=0.0, help="Least time between two requests to a host.")
    ] = 1.0,
    allow_private: AllowPrivate = False,
    text_column: Annotated[str | None, column("text")] = None,
    id_column: Annotated[str | None, column("id")] = None,
    url_column: Annotated[str | None, column("address")] = None,
    outlet_column: Annotated[str | None, column("outlet")] = None,
    date_column: Annotated[str | None, column("date")] = None,
    title_column: Annotated[str | None, column("headline")] = None,
    jobs: Jobs = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", metavar="SECONDS", min=0.0, help="For each article; 0 for none.")
    ] = 60.0,
    backend: Annotated[
        str, typer.Option("--backend", metavar="NAME", help="processes, of this machine, or dask.")
    ] = "processes",
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster: tcp://HOST:8786.")
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="TIME", help="Look again and again, such as every 15m; ends with Ctrl-C."),
    ] = None,
    fail_on: FailingLabel = FailOn.SPUN,
    allow_errors: Annotated[
        bool, typer.Option("--allow-errors", help="Articles that could not be judged do not make the exit code 2.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")] = False,
) -> int:
    """Judge every article of the sources and store the results.

    Stop it when you like, with Ctrl-C or by accident: the same command goes on where it was, and every article is
    judged once. A bad article or a source that fails is a row with its error, and the rest goes on. Read the results
    with unspin report.

    Exit code: 0 nothing flagged, 1 at least one article of the sources has the label named by --fail-on, 2 at least
    one could not be judged (unless --allow-errors), or the audit could not be done.
    """
    from detector.audit import Tally
    from detector.audit.watch import repeat, seconds_of
    from detector.errors import UnspinError

    grammar = checker_for(grammar, languagetool_server)
    seconds = seconds_of(every) if every is not None else None
    if seconds is not None and "-" in sources:
        raise UnspinError("standard input ends once it is read, so it cannot be watched: leave out - or --every.")
    options = source_options(
        follow=follow,
        delay=delay,
        allow_private=allow_private,
        columns={
            "text": text_column,
            "id": id_column,
            "url": url_column,
            "outlet": outlet_column,
            "date": date_column,
            "title": title_column,
        },
    )
    run = _Run(
        sources,
        store,
        {
            "grammar": grammar.value,
            "languagetool_server": languagetool_server,
            "keep_text": keep_text,
            "rescore": rescore,
            "retry_errors": retry_errors,
            "jobs": jobs,
            "seconds": time_limit,
            "backend": backend,
            "scheduler": scheduler,
            "options": options,
            "checker": None if thresholds is None else _maker(grammar, languagetool_server, thresholds),
        },
        json=json,
        quiet=quiet,
        allow_errors=allow_errors,
    )
    if seconds is not None:
        repeat(lambda: run(Tally()), seconds, tell=tell)
    tally = Tally()
    run(tally)
    return _exit_code(tally, fail_on, allow_errors=allow_errors)


def _maker(grammar: Grammar, server: str | None, thresholds: Path) -> "CheckerMaker":
    from detector.audit.work import CheckerMaker
    from detector.own_thresholds import read_thresholds

    return CheckerMaker(grammar.value, server, read_thresholds(thresholds))


def source_options(
    *, follow: bool, delay: float, allow_private: bool, columns: dict[str, str | None]
) -> "SourceOptions":
    """How the sources are read, from what the options of a command say."""
    from detector.audit.sources import Columns, SourceOptions
    from detector.fetch import FetchLimits

    return SourceOptions(
        columns=Columns(**columns),
        follow=follow,
        fetch=FetchLimits(allow_private=allow_private),
        delay_seconds=delay,
    )


class _Run:
    """One look at the sources, with what is said about it."""

    def __init__(
        self,
        sources: list[str],
        store: Path,
        settings: dict[str, Any],
        *,
        json: bool,
        quiet: bool,
        allow_errors: bool,
    ) -> None:
        self.sources, self.store, self.settings = sources, store, settings
        self.json, self.quiet, self.allow_errors = json, quiet, allow_errors
        self._told: set[str] = set()

    def __call__(self, tally: "Tally") -> None:
        from contextlib import nullcontext

        from detector.audit import audit as rows_of
        from detector.audit.counting import count_beside
        from detector.audit.progress import Progress

        if not self.quiet:
            count_beside(self.sources, lambda number: setattr(tally, "total", number))
        progress = None if self.quiet else Progress(tally)
        tick = progress.tick if progress is not None else _nothing
        try:
            with progress or nullcontext(), _ended_politely():
                for _ in rows_of(self.sources, store=self.store, tally=tally, tick=tick, **self.settings):
                    pass
        except KeyboardInterrupt:
            if not self.quiet:
                tell(f"{_so_far(tally)} The same command goes on from there.")
            raise
        self._say(tally)
        if _fails(tally, allow_errors=self.allow_errors):
            self._tell_errors(tally)

    def _say(self, tally: "Tally") -> None:
        if self.json:
            from detector.render.data import dump

            print(
                dump({"schema": "unspin.audit/1", "store": str(self.store), **tally.as_dict()}, indent=None), flush=True
            )
            return
        if self.quiet:
            return
        print(summary(tally), flush=True)
        tell(f"stored in {self.store}; read it with: unspin report {self.store}")

    def _tell_errors(self, tally: "Tally") -> None:
        """Say why the exit code is 2, also to who wants no notes; at a later look only what no look before it said."""
        new = [sentence for sentence in dict.fromkeys(tally.sentences) if sentence not in self._told]
        self._told.update(new)
        for sentence in new:
            tell(sentence)
        more = tally.errors - len(tally.sentences)
        if new and more:
            tell(f"{more:,} more could not be judged: unspin report {self.store} counts them by what is wrong.")


def _nothing(*_: object) -> None:
    pass


def _so_far(tally: "Tally") -> str:
    stored = tally.judged + tally.copied + tally.failed
    return f"{stored:,} article{' is' if stored == 1 else 's are'} stored."


def summary(tally: "Tally") -> str:
    """What came of an audit, in a sentence or two.

    >>> from collections import Counter
    >>> from detector.audit import Tally
    >>> from detector.verdict import Label
    >>> print(summary(Tally(judged=40, known=2, failed=1, labels=Counter({Label.CLEAN: 40, Label.SPUN: 2}))))
    43 articles: 2 spun, 0 suspect, 40 clean, 0 too short, 0 not in English, 1 not judged. New: 41.
    """
    from detector.verdict import Label

    words = {
        Label.SPUN: "spun",
        Label.SUSPECT: "suspect",
        Label.CLEAN: "clean",
        Label.TOO_SHORT: "too short",
        Label.NOT_ENGLISH: "not in English",
    }
    counts = [f"{tally.labels[label]:,} {word}" for label, word in words.items()]
    new = tally.judged + tally.copied + tally.failed
    noun = "article" if tally.done == 1 else "articles"
    return f"{tally.done:,} {noun}: {', '.join(counts)}, {tally.errors:,} not judged. New: {new:,}."


def _fails(tally: "Tally", *, allow_errors: bool) -> bool:
    """Whether errors decide the exit code: what could not be judged is not known to be clean."""
    return bool(tally.errors) and (not allow_errors or tally.errors == tally.done)


def _exit_code(tally: "Tally", fail_on: FailOn, *, allow_errors: bool) -> Exit:
    from detector.verdict import Label

    if _fails(tally, allow_errors=allow_errors):
        return Exit.FAILED
    flagged = {FailOn.NEVER: 0, FailOn.SPUN: tally.labels[Label.SPUN], FailOn.SUSPECT: tally.flagged}[fail_on]
    return Exit.FLAGGED if flagged else Exit.NOTHING_FLAGGED


class _ended_politely:  # noqa: N801 - used like a function
    """SIGTERM, with which services are stopped, is taken as Ctrl-C: what is done is stored first.

    Threads of the worker pool may stumble over its sudden end; what they would say then helps nobody.
    """

    def __enter__(self) -> None:
        import signal
        import threading

        self._before: dict[int, Any] = {}
        self._said_by_threads = threading.excepthook
        if threading.current_thread() is threading.main_thread():
            self._before[signal.SIGTERM] = signal.signal(signal.SIGTERM, self._interrupt)
            # A shell that runs the command in the background has it ignore Ctrl-C, and so it stays.
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._before[signal.SIGINT] = signal.signal(signal.SIGINT, self._interrupt)

    def __exit__(self, *_: object) -> None:
        import signal
        import threading

        threading.excepthook = self._said_by_threads
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @staticmethod
    def _interrupt(*_: object) -> None:
        import threading

        threading.excepthook = _nothing
        raise KeyboardInterrupt
