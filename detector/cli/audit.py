"""``unspin audit``: check a whole feed and store the results."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detector.cli.exit import Exit
from detector.cli.news import Desk, Mail, Notify, NotifyFormat, NotifyText, channels
from detector.cli.notes import tell
from detector.cli.options import (
    AllowPrivate,
    DateColumn,
    Delay,
    FailingLabel,
    FailOn,
    Follow,
    Grammar,
    GrammarChecker,
    IdColumn,
    Jobs,
    LanguageToolServer,
    Licensed,
    OutletColumn,
    ReaderUse,
    TextColumn,
    Thresholds,
    TitleColumn,
    UrlColumn,
    When,
    checker_for,
    source_options,
)
from detector.cli.trace import allowed_outlets, require_archive

if TYPE_CHECKING:
    from detector.audit import Tally
    from detector.audit.news import Counts
    from detector.audit.place import Place
    from detector.audit.work import CheckerMaker


def audit(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Folders, archives, feeds, lists of addresses, JSON Lines, CSV, Parquet, WARC, NewsML, mbox: as files or "
            "addresses. - reads standard input.",
        ),
    ],
    *,
    store: Annotated[
        str,
        typer.Option(
            "--store",
            metavar="STORE",
            help="Store for the results: a file, or postgresql://USER@HOST/DATABASE. Created if it does not exist.",
        ),
    ] = "audit.sqlite",
    grammar: GrammarChecker = Grammar.HARPER,
    languagetool_server: LanguageToolServer = None,
    thresholds: Thresholds = None,
    reader: ReaderUse = When.AUTO,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive",
            metavar="PLACE",
            help="Also look for the source of each article in this archive. For articles checked before, add --rescore.",
        ),
    ] = None,
    licensed: Licensed = None,
    keep_text: Annotated[bool, typer.Option("--keep-text", help="Store the texts of the articles too.")] = False,
    by_author: Annotated[
        bool,
        typer.Option("--by-author", help="Store the bylines too, for unspin report --by-author. They name persons."),
    ] = False,
    rescore: Annotated[bool, typer.Option("--rescore", help="Check again what another model has judged.")] = False,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Try again the articles that failed before.")
    ] = False,
    follow: Follow = False,
    delay: Delay = 1.0,
    allow_private: AllowPrivate = False,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    url_column: UrlColumn = None,
    outlet_column: OutletColumn = None,
    date_column: DateColumn = None,
    title_column: TitleColumn = None,
    author_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column that holds the byline; implies --by-author.")
    ] = None,
    jobs: Jobs = None,
    time_limit: Annotated[
        float,
        typer.Option("--time-limit", metavar="SECONDS", min=0.0, help="Time limit for each article; 0 means no limit."),
    ] = 60.0,
    backend: Annotated[
        str,
        typer.Option("--backend", metavar="NAME", help="Where to work: processes (this machine) or dask (a cluster)."),
    ] = "processes",
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Address of the Dask scheduler: tcp://HOST:8786."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="TIME", help="Repeat the audit, for example every 15m, until Ctrl-C."),
    ] = None,
    notify: Notify = None,
    notify_format: NotifyFormat = None,
    notify_text: NotifyText = False,
    mail: Mail = None,
    fail_on: FailingLabel = FailOn.SPUN,
    allow_errors: Annotated[
        bool, typer.Option("--allow-errors", help="Do not end with exit code 2 because some articles failed.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no notes.")] = False,
) -> int:
    """Check every article of the sources and store the results.

    You can stop an audit at any time: the same command continues where it stopped and checks every article once. If
    an article or a source fails, the store records the error and the audit goes on. Read the results with unspin
    report.

    Exit code: 0 nothing flagged; 1 at least one article has the label of --fail-on or, with --archive, is a rewrite of a
    story there; 2 at least one article failed or could not be looked up in the archive (unless --allow-errors), the
    audit could not be done, or a message could not be sent.
    """
    from detector.audit import Tally
    from detector.audit.place import place_of
    from detector.audit.watch import repeat, seconds_of
    from detector.errors import UnspinError

    grammar = checker_for(grammar, languagetool_server)
    seconds = seconds_of(every) if every is not None else None
    if seconds is not None and "-" in sources:
        raise UnspinError("standard input can be read only once. Leave out - or --every.")
    options = source_options(
        follow=follow,
        delay=delay,
        allow_private=allow_private,
        text=text_column,
        id=id_column,
        url=url_column,
        outlet=outlet_column,
        date=date_column,
        title=title_column,
        author=author_column,
    )
    allowed = allowed_outlets(archive, licensed)
    require_archive(archive)
    place = place_of(store)
    run = _Run(
        sources,
        place,
        {
            "grammar": grammar.value,
            "languagetool_server": languagetool_server,
            "reader": reader.value,
            "archive": archive,
            "licensed": allowed,
            "keep_text": keep_text,
            "by_author": by_author or author_column is not None,
            "rescore": rescore,
            "retry_errors": retry_errors,
            "jobs": jobs,
            "seconds": time_limit,
            "backend": backend,
            "scheduler": scheduler,
            "options": options,
            "checker": None if thresholds is None else _maker(grammar, languagetool_server, thresholds, reader),
        },
        json=json,
        quiet=quiet,
        allow_errors=allow_errors,
        repeated=seconds is not None,
        desk=Desk(place, channels(notify, notify_format, mail), fail_on, notify_text),
    )
    if seconds is not None:
        repeat(lambda: run(Tally()), seconds, tell=tell)
    tally = Tally()
    delivered = run(tally)
    return _exit_code(tally, fail_on, allow_errors=allow_errors) if delivered else Exit.FAILED


def _maker(grammar: Grammar, server: str | None, thresholds: Path, reader: When) -> "CheckerMaker":
    from detector.audit.work import CheckerMaker
    from detector.own_thresholds import read_thresholds

    return CheckerMaker(grammar.value, server, read_thresholds(thresholds), reader.value)


class _Run:
    """One pass over the sources, and its output."""

    def __init__(
        self,
        sources: list[str],
        store: "Place",
        settings: dict[str, Any],
        *,
        json: bool,
        quiet: bool,
        allow_errors: bool,
        repeated: bool,
        desk: Desk,
    ) -> None:
        self.sources, self.store, self.settings = sources, store, settings
        self.json, self.quiet, self.allow_errors, self.repeated = json, quiet, allow_errors, repeated
        self.desk = desk
        self._printed: set[str] = set()

    def __call__(self, tally: "Tally") -> bool:
        """Returns whether the desk was told what is new, if it wants to be."""
        from detector.audit import audit as rows_of
        from detector.audit.news import Counts
        from detector.audit.progress import shown

        self.desk.begin()
        flagged = 0
        try:
            with shown(tally, self.sources, quiet=self.quiet) as tick, _ended_politely():
                for row in rows_of(self.sources, store=self.store, tally=tally, tick=tick, **self.settings):
                    flagged += row.flagged
        except KeyboardInterrupt:
            if not self.quiet:
                tell(f"{_so_far(tally)} Run the same command to continue.")
            raise
        run = Counts(tally.judged + tally.copied + tally.failed, flagged, tally.errors)
        self._print_result(tally, run)
        if tally.not_traced:
            from detector.render.words import count

            again = "Run the same command with --rescore to try again."
            tell(
                f"{count(tally.not_traced, 'article')} could not be looked up in the archive: {tally.trace_error} {again}"
            )
        if _fails(tally, allow_errors=self.allow_errors):
            self._tell_errors(tally)
        return self.desk.tell(run, quiet=self.quiet)

    def _print_result(self, tally: "Tally", run: "Counts") -> None:
        if self.json:
            from detector.render.data import dump

            print(
                dump({"schema": "unspin.audit/1", "store": str(self.store), **tally.as_dict()}, indent=None), flush=True
            )
            return
        if self.quiet:
            return
        if self.repeated:
            print(line(run), flush=True)
            return
        print(summary(tally), flush=True)
        tell(f"stored in {self.store}. Read the results with: unspin report {self.store}")

    def _tell_errors(self, tally: "Tally") -> None:
        """Print why the exit code is 2, even with --quiet. Repeated audits print each reason once."""
        new = [sentence for sentence in dict.fromkeys(tally.sentences) if sentence not in self._printed]
        self._printed.update(new)
        for sentence in new:
            tell(sentence)
        more = tally.errors - len(tally.sentences)
        if new and more:
            tell(f"{more:,} more articles failed. List the reasons with: unspin report {self.store}")


def _nothing(*_: object) -> None:
    pass


def _so_far(tally: "Tally") -> str:
    stored = tally.judged + tally.copied + tally.failed
    return f"{stored:,} article{' is' if stored == 1 else 's are'} stored."


def summary(tally: "Tally") -> str:
    """Returns the result of an audit in a sentence or two.

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
    proven = f" Rewrites of stories in the archive: {tally.rewrites:,}." if tally.rewrites else ""
    return f"{tally.done:,} {noun}: {', '.join(counts)}, {tally.errors:,} not judged. New: {new:,}.{proven}"


def line(run: "Counts") -> str:
    """Returns one of several runs in a line.

    >>> from detector.audit.news import Counts
    >>> line(Counts(new=41, flagged=3, errors=1)).partition("  ")[2]
    'new 41, flagged 3, errors 1'
    """
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return f"{now}  new {run.new:,}, flagged {run.flagged:,}, errors {run.errors:,}"


def _fails(tally: "Tally", *, allow_errors: bool) -> bool:
    """Whether errors decide the exit code. An article that failed is not known to be clean."""
    failed = tally.errors + tally.not_traced
    return bool(failed) and (not allow_errors or tally.errors == tally.done > 0)


def _exit_code(tally: "Tally", fail_on: FailOn, *, allow_errors: bool) -> Exit:
    from detector.verdict import Label

    if _fails(tally, allow_errors=allow_errors):
        return Exit.FAILED
    if tally.rewrites and fail_on is not FailOn.NEVER:
        return Exit.FLAGGED
    flagged = {FailOn.NEVER: 0, FailOn.SPUN: tally.labels[Label.SPUN], FailOn.SUSPECT: tally.flagged}[fail_on]
    return Exit.FLAGGED if flagged else Exit.NOTHING_FLAGGED


class _ended_politely:  # noqa: N801 - used like a function
    """Treat SIGTERM, which stops services, as Ctrl-C, so that finished results are stored first.

    It hides the errors of worker pool threads that fail at the end.
    """

    def __enter__(self) -> None:
        import signal
        import threading

        self._before: dict[int, Any] = {}
        self._said_by_threads = threading.excepthook
        if threading.current_thread() is threading.main_thread():
            self._before[signal.SIGTERM] = signal.signal(signal.SIGTERM, self._interrupt)
            # A shell makes a background command ignore Ctrl-C, which must stay so.
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
