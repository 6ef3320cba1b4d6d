"""``unspin check``: one article, or a few."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from zipfile import BadZipFile

import typer

from detector.cli.answers import Answers
from detector.cli.exit import Exit
from detector.cli.notes import tell, write
from detector.cli.options import (
    Color,
    FailingLabel,
    FailOn,
    Grammar,
    GrammarChecker,
    LanguageToolServer,
    Licensed,
    ReaderUse,
    Thresholds,
    When,
    checker_for,
)
from detector.cli.stdout import colored
from detector.errors import printable

if TYPE_CHECKING:
    from detector.audit.sources.files import File
    from detector.checker import Checker
    from detector.read import Reading
    from detector.settings import LanguageToolSettings
    from detector.tracing.answer import Trace
    from detector.verdict import Verdict

_Answer = TypeVar("_Answer")


def check(
    articles: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|FOLDER|URL|-",
            help="Articles: .txt, .md, .html, .docx, .odt, .rtf, .pdf, .eml or .msg files, folders and zip archives of them, "
            "or web addresses. - reads standard input.",
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
    licensed: Licensed = None,
    outlet: Annotated[
        str | None,
        typer.Option(
            "--outlet",
            metavar="NAME",
            help="With --thresholds: who published the articles, for thresholds of that outlet. Default for a web address: "
            "its host.",
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

    Prints the verdict, the article with its odd words marked, and the likely original of each. Each file of a folder or
    zip archive is one article. If one of several articles fails, the others are still checked. At the end, several
    articles get one line each.

    Exit code: 0 nothing flagged; 1 at least one article has the label of --fail-on or, with --archive, is a rewrite of
    a story there; 2 at least one article could not be checked.
    """
    several = len(articles) > 1 or holds_several(articles[0])
    if html is not None:
        refuse_mixture(articles, html, json=json, several=several)
    answers = Answers(html, json, quiet, colored(color), include_text, one=not several)
    lines: list[str] = []
    checker = _LazyChecker(checker_for(grammar, languagetool_server), languagetool_server, thresholds, reader)
    code = Exit.NOTHING_FLAGGED
    with closing(checker), _sources(archive, licensed) as find:
        for number, (source, answer) in enumerate(
            _verdicts(articles, checker, outlet=outlet, quiet=quiet, allow_private=allow_private)
        ):
            if isinstance(answer, str):
                code = Exit.FAILED
                answers.fail(source, answer)
                lines.append(printable(f"{source}: not checked"))
            else:
                trace = None if find is None else find(answer)
                lines.append(_write(answers, answer, trace, first=number == 0))
                if _fails(answer, fail_on) or (trace is not None and trace.rewrite and fail_on is not FailOn.NEVER):
                    code = max(code, Exit.FLAGGED)
    if len(lines) > 1 and not json and not quiet:
        print(answers.rule + "\n".join(lines), flush=True)
    return code


def _write(answers: Answers, verdict: "Verdict", trace: "Trace | None", *, first: bool) -> str:
    """Write a verdict, and with an archive what its source says. Returns the answer in one line."""
    from detector import render

    if trace is None:
        line = render.as_line(verdict)
        html, json, text = (partial(form, verdict) for form in (render.as_html, render.as_json, render.as_text))
    else:
        from detector.render import together
        from detector.render.trace_words import line as line_of
        from detector.tracing.together import with_originals

        both = (with_originals(verdict, trace), trace)
        line = f"{render.as_line(both[0])}\n{line_of(trace)}"
        html, json = partial(together.both_as_html, *both), partial(together.both_as_json, *both)
        text = partial(together.both_as_text, *both)
    answers.write(html=html, json=json, text=text, line=lambda: line, first=first)
    return line


def holds_several(article: str) -> bool:
    """Whether this names a folder, or a zip archive that is not itself a document."""
    from detector.read.packed import is_document

    path = Path(article)
    try:
        if path.is_dir():
            return article != ""
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04" and not is_document(file)
    except (OSError, ValueError, BadZipFile):
        return False


def refuse_mixture(articles: Sequence[str], html: Path, *, json: bool, several: bool = False) -> None:
    """Refuse a page for several articles, on top of JSON, or over a file that is no page of ours."""
    if several or len(articles) > 1:
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
    articles: Sequence[str], checker: _LazyChecker, *, outlet: str | None, quiet: bool, allow_private: bool
) -> Iterator[tuple[str, "Verdict | str"]]:
    """Each article's source with its verdict, or with one sentence that says why there is none."""
    for source in articles:
        if source == "-" and not quiet and sys.stdin is not None and sys.stdin.isatty():
            tell("reading from the keyboard. Press Ctrl-D to end.")
        for place, read in _places(source, allow_private=allow_private):
            reading = tried(place, read)
            if isinstance(reading, str):
                yield place, reading
                continue
            if reading.note and not quiet:
                tell(reading.note)
            judge = checker()  # a model that cannot be loaded ends the run: no article could be checked
            if checker.thresholds is not None:
                from detector.audit.identity import origin_of

                judge = judge.of_outlet(origin_of("", source, outlet))
            yield place, tried(place, partial(judge.check, reading.document))


def _places(source: str, *, allow_private: bool) -> "Iterator[tuple[str, Callable[[], Reading]]]":
    """Each article of what a person named, and what reads it."""
    if not holds_several(source):
        yield source, partial(read_article, source, allow_private=allow_private)
        return
    from detector.audit.sources.files import files_of

    for file in files_of(source):
        yield file.place, partial(_read_file, file)


def _read_file(file: "File") -> "Reading":
    from detector.errors import UnreadableError
    from detector.read import examine_bytes

    if file.problem:
        raise UnreadableError(file.problem)
    return examine_bytes(file.data, name=file.place)


def tried(place: str, work: "Callable[[], _Answer]") -> "_Answer | str":
    """The answer, or one sentence that says why there is none: a fault in one article must not cost the others."""
    from detector.errors import UnspinError

    try:
        return work()
    except UnspinError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - as above
        import traceback

        write(traceback.format_exc())
        return f"{place}: an error in unspin ({type(error).__name__}). Please report the lines above."


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
