"""``unspin check``: one article, or a few."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.exit import Exit
from detector.cli.notes import tell, write
from detector.cli.options import (
    Color,
    FailingLabel,
    FailOn,
    Grammar,
    GrammarChecker,
    LanguageToolServer,
    ReaderUse,
    Thresholds,
    When,
    checker_for,
)
from detector.cli.stdout import colored, print_utf8

if TYPE_CHECKING:
    from detector.checker import Checker
    from detector.read import Reading
    from detector.settings import LanguageToolSettings
    from detector.tracing.answer import Trace
    from detector.verdict import Verdict


def check(
    articles: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL|-",
            help="Articles: .txt, .md, .html, .docx, .odt, .rtf, .pdf, .eml or .msg files, or web addresses. - reads standard input.",
        ),
    ],
    *,
    json: Annotated[
        bool, typer.Option("--json", help="Write JSON, one object for each article (see docs/json-schema.md).")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Also write the report as a web page. - writes the page to standard output, in place of the report.",
        ),
    ] = None,
    include_text: Annotated[
        bool, typer.Option("--include-text", help="Include the text of the article in the JSON.")
    ] = False,
    grammar: GrammarChecker = Grammar.HARPER,
    languagetool_server: LanguageToolServer = None,
    thresholds: Thresholds = None,
    reader: ReaderUse = When.ALWAYS,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive",
            metavar="PLACE",
            help="Also look for the source of each article in this archive (unspin archive); marks then name the true originals.",
        ),
    ] = None,
    licensed: Annotated[
        Path | None,
        typer.Option(
            "--licensed",
            metavar="FILE",
            help="With --archive: outlets that may republish others, lines of OUTLET,OUTLET that allows it.",
        ),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch addresses of this machine and the local network.")
    ] = False,
    fail_on: FailingLabel = FailOn.SPUN,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print one line for each article and no notes.")] = False,
    color: Color = None,
) -> int:
    """Check articles and mark the words that give a rewrite away.

    Prints the verdict, the article with its odd words marked, and the likely original of each. If one of several
    articles fails, the others are still checked.

    Exit code: 0 nothing flagged; 1 at least one article has the label of --fail-on or, with --archive, is a rewrite of
    a story there; 2 at least one article could not be checked.
    """
    if html is not None:
        refuse_mixture(articles, html, json=json)
    output = _Output(
        page=html,
        json=json,
        quiet=quiet,
        color=colored(color),
        include_text=include_text,
        indent=2 if len(articles) == 1 else None,  # one article is laid out for reading; several are JSON Lines
    )
    checker = _LazyChecker(checker_for(grammar, languagetool_server), languagetool_server, thresholds, reader)
    code = Exit.NOTHING_FLAGGED
    with closing(checker), _sources(archive, licensed) as find:
        for number, (source, answer) in enumerate(
            _verdicts(articles, checker, quiet=quiet, allow_private=allow_private)
        ):
            if isinstance(answer, str):
                code = Exit.FAILED
                output.fail(source, answer)
            else:
                found = None if find is None else find(answer)
                output.report(answer, found, first=number == 0)
                if _fails(answer, fail_on) or (found is not None and found.rewrite and fail_on is not FailOn.NEVER):
                    code = max(code, Exit.FLAGGED)
    return code


@dataclass(frozen=True)
class _Output:
    """How the answers are written."""

    page: Path | None
    json: bool
    quiet: bool
    color: bool
    include_text: bool
    indent: int | None

    def report(self, verdict: "Verdict", found: "Trace | None", *, first: bool) -> None:
        """Write one answer: a verdict, and with an archive what its source says."""
        if found is not None:
            self._report_both(verdict, found, first=first)
            return
        from detector.render import as_html, as_json, as_line, as_text

        if self.page is not None and str(self.page) == "-":
            print_utf8(as_html(verdict))
            return
        if self.json:
            print_utf8(as_json(verdict, include_text=self.include_text, indent=self.indent) + "\n")
        elif self.quiet:
            print(as_line(verdict), flush=True)
        else:
            width = shutil.get_terminal_size((80, 24)).columns
            rule = "" if first else f"\n{'=' * min(width, 80)}\n\n"
            print(rule + as_text(verdict, width=width, color=self.color), end="", flush=True)
        if self.page is not None:
            from detector.cli.page_file import write_page

            write_page(self.page, as_html(verdict))
            if not self.quiet:
                tell(f"wrote {self.page}")

    def _report_both(self, verdict: "Verdict", found: "Trace", *, first: bool) -> None:
        from detector.render import as_line
        from detector.render.together import both_as_html, both_as_json, both_as_text
        from detector.render.trace_words import line
        from detector.tracing.together import with_originals

        verdict = with_originals(verdict, found)
        if self.page is not None and str(self.page) == "-":
            print_utf8(both_as_html(verdict, found))
            return
        if self.json:
            print_utf8(both_as_json(verdict, found, include_text=self.include_text, indent=self.indent) + "\n")
        elif self.quiet:
            print(f"{as_line(verdict)}\n{line(found)}", flush=True)
        else:
            width = shutil.get_terminal_size((80, 24)).columns
            rule = "" if first else f"\n{'=' * min(width, 80)}\n\n"
            print(rule + both_as_text(verdict, found, width=width, color=self.color), end="", flush=True)
        if self.page is not None:
            from detector.cli.page_file import write_page

            write_page(self.page, both_as_html(verdict, found))
            if not self.quiet:
                tell(f"wrote {self.page}")

    def fail(self, source: str, sentence: str) -> None:
        tell(sentence)
        if self.json:
            from detector.render.data import dump, error_as_dict

            print_utf8(dump(error_as_dict(source, sentence), indent=self.indent) + "\n")


def refuse_mixture(articles: Sequence[str], html: Path, *, json: bool) -> None:
    """Refuse a page for several articles, on top of JSON, or over a file that is no page of ours."""
    if len(articles) > 1:
        raise typer.BadParameter(
            "a page holds one article. Run the command once for each article.", param_hint="--html"
        )
    if str(html) == "-":
        if json:
            raise typer.BadParameter(
                "standard output can hold the page or the JSON, not both. Name a file for the page.",
                param_hint="--html",
            )
        return
    from detector.cli.page_file import is_page
    from detector.cli.result_file import refuse_result

    source = None if articles[0] == "-" else Path(articles[0])
    refuse_result(html, source, is_page, source_is="article", not_ours="not a page", over_empty=False)


@contextmanager
def _sources(archive: str | None, licensed: Path | None) -> "Iterator[Callable[[Verdict], Trace] | None]":
    """What finds the source of a judged article; None without an archive."""
    from detector.cli.trace import allowed_outlets

    allowed = allowed_outlets(archive, licensed)
    if archive is None:
        yield None
        return
    from detector.archive import open_archive
    from detector.tracing.tracer import Tracer
    from features.document import Document

    with closing(open_archive(archive)) as opened:
        tracer = Tracer(opened, licensed=allowed)
        yield lambda verdict: tracer.trace(Document(verdict.text, verdict.source))


class _LazyChecker:
    """The checker, made when the first article was read: loading the model takes most of a second."""

    def __init__(
        self, grammar: Grammar, server: str | None, thresholds: Path | None = None, reader: When = When.ALWAYS
    ) -> None:
        self.grammar = grammar
        self.server = server
        self.thresholds = thresholds
        self.reader = reader
        self.made: Checker | None = None

    def __call__(self) -> "Checker":
        if self.made is None:
            from detector.checker import Checker

            self.made = Checker(
                grammar=self.grammar.value,
                languagetool=self._languagetool(),
                thresholds=self.thresholds,
                reader=self.reader,
            )
        return self.made

    def close(self) -> None:
        """Stop what the checker started."""
        if self.made is not None:
            self.made.close()

    def _languagetool(self) -> "LanguageToolSettings | None":
        if self.server is None:
            return None
        from detector.settings import read_settings

        return read_settings(self.server)


def _verdicts(
    articles: Sequence[str], checker: _LazyChecker, *, quiet: bool, allow_private: bool
) -> Iterator[tuple[str, "Verdict | str"]]:
    """Each article's source with its verdict, or with one sentence that says why there is none."""
    from detector.errors import UnspinError

    for source in articles:
        try:
            if source == "-" and not quiet and sys.stdin is not None and sys.stdin.isatty():
                tell("reading from the keyboard. Press Ctrl-D to end.")
            reading = read_article(source, allow_private=allow_private)
        except UnspinError as error:
            yield source, str(error)
            continue
        if reading.note and not quiet:
            tell(reading.note)
        judge = checker()  # a model that cannot be loaded ends the run: no article could be checked
        try:
            yield source, judge.check(reading.document)
        except UnspinError as error:
            yield source, str(error)
        except Exception as error:  # noqa: BLE001 - a fault met in one article must not cost the others
            import traceback

            write(traceback.format_exc())
            yield source, f"{source}: an error in unspin ({type(error).__name__}). Please report the lines above."


def read_article(source: str, *, allow_private: bool) -> "Reading":
    """The article that a person named: a file, standard input, or an address, which is fetched."""
    from detector.read import examine, examine_bytes

    if not source[:8].lower().startswith(("http://", "https://")):
        return examine(source)
    from detector.fetch import FetchLimits, fetch

    page = fetch(source, FetchLimits(allow_private=allow_private))
    return examine_bytes(page.data, name=source, content_type=page.content_type)


def _fails(verdict: "Verdict", fail_on: FailOn) -> bool:
    if fail_on is FailOn.NEVER:
        return False
    return verdict.flagged if fail_on is FailOn.SUSPECT else verdict.label == FailOn.SPUN.value
