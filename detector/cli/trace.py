"""``unspin trace``: shows an article next to the stories that it was made from."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.answers import Answers
from detector.cli.archive import Place
from detector.cli.exit import Exit
from detector.cli.options import AllowPrivate, Color, Licensed
from detector.cli.stdout import colored

if TYPE_CHECKING:
    from detector.tracing.answer import Trace


def allowed_outlets(archive: str | None, licensed: Path | None) -> frozenset[tuple[str, str]]:
    """What ``--licensed`` says; it is refused without ``--archive``."""
    if licensed is None:
        return frozenset()
    if archive is None:
        raise typer.BadParameter("name the archive that it is for with --archive.", param_hint="--licensed")
    from detector.tracing.licences import read_licences

    return read_licences(licensed)


def require_archive(archive: str | None) -> None:
    """Refuse an archive that cannot be opened, before anything else is begun."""
    if archive is not None:
        from detector.archive import open_archive

        open_archive(archive).close()


def trace(
    articles: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL|-",
            help="Articles, as unspin check reads them: files, addresses to fetch; - reads standard input.",
        ),
    ],
    *,
    archive: Place,
    json: Annotated[
        bool, typer.Option("--json", help="Write JSON, one object for each article (detector/schema/trace-1.json).")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Also write the report as a web page of its own, to print and send."
        ),
    ] = None,
    include_text: Annotated[
        bool, typer.Option("--include-text", help="With --json: include the text of the article and of its sources.")
    ] = False,
    date: Annotated[
        str,
        typer.Option(
            "--date", metavar="DATE", help="When the article was published (ISO 8601): a source must be older."
        ),
    ] = "",
    outlet: Annotated[
        str,
        typer.Option(
            "--outlet",
            metavar="NAME",
            help="Who published the article. Older stories of the same outlet do not accuse it.",
        ),
    ] = "",
    licensed: Licensed = None,
    allow_private: AllowPrivate = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print one line for each article and no notes.")] = False,
    color: Color = None,
) -> int:
    """Find the stories of an archive that an article was made from.

    Prints how the article relates to each story (copy, rewrite, shared source), how much of it comes from there, and
    both texts side by side with every wording that was replaced.

    Exit code: 0 no rewrite found, 1 at least one article is a rewrite of a story in the archive, 2 at least one article
    could not be traced.
    """
    from contextlib import closing

    from detector.archive import open_archive
    from detector.cli.check import read_article, refuse_mixture, tried
    from detector.render.trace_data import trace_as_json
    from detector.render.trace_page import trace_as_html
    from detector.render.trace_terminal import trace_as_text
    from detector.render.trace_words import line
    from detector.tracing.dates import parsed
    from detector.tracing.tracer import Tracer

    if html is not None:
        refuse_mixture(articles, html, json=json)
    if date and parsed(date) is None:
        raise typer.BadParameter("write the date as 2026-11-24 or 2026-11-24T08:30:00Z.", param_hint="--date")
    allowed = allowed_outlets(archive, licensed)
    answers = Answers(html, json, quiet, colored(color), include_text, one=len(articles) == 1, columns=100)
    code = Exit.NOTHING_FLAGGED
    with closing(open_archive(archive)) as opened:
        tracer = Tracer(opened, licensed=allowed)

        def find(source: str) -> "Trace":
            document = read_article(source, allow_private=allow_private).document
            return tracer.trace(document, date=date, outlet=outlet)

        for number, source in enumerate(articles):
            found = tried(source, partial(find, source))
            if isinstance(found, str):
                code = Exit.FAILED
                answers.fail(source, found)
                continue
            answers.write(
                html=partial(trace_as_html, found),
                json=partial(trace_as_json, found),
                text=partial(trace_as_text, found),
                line=partial(line, found),
                first=number == 0,
            )
            if found.rewrite:
                code = max(code, Exit.FLAGGED)
    return code
