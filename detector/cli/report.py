"""``unspin report``: shows what an audit found."""

import datetime as dt
import os
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.notes import tell
from detector.cli.options import Color
from detector.cli.stdout import colored, print_utf8, to_utf8

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from detector.audit.place import Place
    from detector.audit.report import Summary
    from detector.audit.store import Filter

_OUTLETS_SHOWN = 20
_ARTICLES_SHOWN = 10
_NAMES_COMPARED = 10_000


def report(
    store: Annotated[str, typer.Argument(metavar="STORE", help="Store that unspin audit wrote: a file or an address.")],
    *,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Also write the report as a web page.")] = None,
    csv: Annotated[str | None, typer.Option(metavar="FILE", help="Write the articles as a CSV table.")] = None,
    jsonl: Annotated[str | None, typer.Option(metavar="FILE", help="Write the articles as JSON Lines.")] = None,
    parquet: Annotated[str | None, typer.Option(metavar="FILE", help="Write the articles as Parquet.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the summary as JSON (see docs/report.md).")] = False,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="Only articles from this day or time on: 2026-11-01, or 7d or 12h for a time ago."
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only articles up to this time, or to the end of this day.")
    ] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only articles of this outlet.")] = None,
    min_probability: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="P", help="List and export only articles with at least this probability."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Show at most N outlets and N articles; export the N articles with the highest probability.",
        ),
    ] = None,
    by_author: Annotated[
        bool,
        typer.Option(
            "--by-author",
            help="Also rank the bylines with at least 50 judged stories. They name persons: see docs/report.md.",
        ),
    ] = False,
    include_text: Annotated[
        bool, typer.Option("--include-text", help="Export the texts too, if the store keeps them.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no summary and no notes.")] = False,
    color: Color = None,
) -> int:
    """Show what an audit found.

    Ranks the outlets by their share of spun stories, lists the articles to read first, and counts the errors.

    Near-duplicates count once. Shares have 95% intervals. Each outlet shows how many of its stories would be wrongly
    flagged if people wrote them all. You can run it during an audit. For FILE, - means standard output.

    --min-probability narrows the list of articles and the exports, not the shares: a share among stories above a
    probability would mean nothing.

    Exit code: 0 the report is made; 2 it could not be made. For a gate, use unspin audit --fail-on.
    """
    from detector.audit.place import place_of
    from detector.audit.store import Filter

    wanted = Filter(since=_when(since), until=_when(until), outlet=outlet, min_probability=min_probability)
    wanted.condition()  # raises for a wrong date before any work
    place = place_of(store)
    targets = _targets(place, html=html, csv=csv, jsonl=jsonl, parquet=parquet, json=json)
    _refuse_nothing(place, wanted)
    if html is not None or json or (not targets.stdout and not quiet):
        summary = _summary(place, wanted, limit, by_author=by_author)
        if html is not None:
            from detector.audit.report.page import as_html
            from detector.cli.page_file import write_page

            write_page(Path(html), as_html(summary), quiet=quiet)
        if json:
            _print_json(summary)
        elif not targets.stdout and not quiet:
            _print_text(summary, limit, color=colored(color))
    for kind, target in targets.exports:
        _export(place, wanted, kind, target, limit=limit, include_text=include_text, quiet=quiet)
    return 0


@dataclass(frozen=True)
class _Targets:
    """The targets of the exports, and whether one is standard output."""

    exports: tuple[tuple[str, str], ...]
    stdout: bool


def _targets(
    store: "Place", *, html: str | None, csv: str | None, jsonl: str | None, parquet: str | None, json: bool
) -> _Targets:
    from detector.audit.report.export import is_ours
    from detector.cli.page_file import is_page
    from detector.cli.result_file import refuse_result

    exports = tuple((kind, to) for kind, to in (("csv", csv), ("jsonl", jsonl), ("parquet", parquet)) if to is not None)
    on_stdout = [f"--{kind}" for kind, to in (("html", html), *exports) if to == "-"] + (["--json"] if json else [])
    if len(on_stdout) > 1:
        raise typer.BadParameter(
            "standard output can hold only one of them. Name a file for the others.", param_hint=" and ".join(on_stdout)
        )
    if parquet == "-":
        raise typer.BadParameter("Parquet is a binary format. Name a file.", param_hint="--parquet")
    _refuse_twice((("html", html), *exports))
    file = store if isinstance(store, Path) else None
    if html not in (None, "-"):
        refuse_result(Path(html), file, is_page)
    for _, target in exports:
        if target != "-":
            refuse_result(Path(target), file, is_ours)
    return _Targets(exports, stdout=bool(on_stdout))


def _refuse_twice(named: Iterable[tuple[str, str | None]]) -> None:
    """Raise if two results would go to the same file, where the second would replace the first."""
    seen: dict[str, str] = {}
    for kind, target in named:
        if target in (None, "-"):
            continue
        other = seen.setdefault(os.path.realpath(target), kind)
        if other != kind:
            raise typer.BadParameter(
                "one file can hold only one of them. Name two files.", param_hint=f"--{other} and --{kind}"
            )


def _when(said: str | None) -> str | None:
    """Turn a time ago into a date: ``7d`` into a day, ``12h`` into a minute. Other values stay as they are."""
    ago = re.fullmatch(r"(\d{1,5})\s*([hd])", (said or "").strip())
    if ago is None:
        return said
    number, unit = int(ago[1]), ago[2]
    now = dt.datetime.now(dt.UTC)
    return (
        f"{now - dt.timedelta(days=number):%Y-%m-%d}"
        if unit == "d"
        else f"{now - dt.timedelta(hours=number):%Y-%m-%dT%H:%MZ}"
    )


def _refuse_nothing(store: "Place", wanted: "Filter") -> None:
    """Raise if the store is empty or lacks the requested outlet."""
    from sqlalchemy import func, select

    from detector.audit.report.reading import reading
    from detector.audit.schema import articles
    from detector.audit.store import Filter, StoreError

    with reading(store) as connection:
        if connection.execute(select(articles.c.id).limit(1)).first() is None:
            raise StoreError(f"{store}: the store is empty. Fill it with: unspin audit SOURCE --store {store}")
        if wanted.outlet is None:
            return
        query = select(func.count()).select_from(articles).where(Filter(outlet=wanted.outlet).condition())
        if not connection.execute(query).scalar_one():
            raise StoreError(f"{store}: no outlet is called “{wanted.outlet}”. {_similar(connection, wanted.outlet)}")


def _similar(connection: "Connection", name: str) -> str:
    from difflib import get_close_matches

    from sqlalchemy import select

    from detector.audit.schema import articles
    from detector.render.words import visible

    names = select(articles.c.origin).distinct().order_by(articles.c.origin).limit(_NAMES_COMPARED)
    found = [str(name) for (name,) in connection.execute(names)]
    by_folded = {known.casefold(): known for known in found}
    near = [by_folded[key] for key in get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.5)] or found[:3]
    return f"The store has: {', '.join(visible(known) for known in near)}{', …' if len(found) > len(near) else ''}"


def _summary(store: "Place", wanted: "Filter", limit: int | None, *, by_author: bool) -> "Summary":
    from detector.audit.report.summary import MOST_FINDINGS, MOST_OUTLETS, summarise

    return summarise(store, wanted, outlets=limit or MOST_OUTLETS, findings=limit or MOST_FINDINGS, by_author=by_author)


def _print_json(summary: "Summary") -> None:
    from detector.render.data import dump

    print_utf8(dump(summary.as_dict()) + "\n")


def _print_text(summary: "Summary", limit: int | None, *, color: bool) -> None:
    from detector.audit.report.terminal import as_text

    shown = replace(
        summary,
        outlets=summary.outlets[: limit or _OUTLETS_SHOWN],
        trends=summary.trends[: limit or _OUTLETS_SHOWN],
        bylines=summary.bylines and summary.bylines._replace(listed=summary.bylines.listed[: limit or _OUTLETS_SHOWN]),
        findings=summary.findings[: limit or _ARTICLES_SHOWN],
    )
    width = shutil.get_terminal_size((80, 24)).columns
    print(as_text(shown, width=width, color=color), end="", flush=True)


def _export(
    store: "Place", wanted: "Filter", kind: str, target: str, *, limit: int | None, include_text: bool, quiet: bool
) -> None:
    from detector.audit.report.export import write_csv, write_jsonl, write_parquet
    from detector.audit.report.reading import reading
    from detector.audit.report.rows import articles
    from detector.cli.result_file import result_file

    with reading(store) as connection:
        rows = articles(connection, wanted, limit=limit, details=kind != "csv", include_text=include_text)
        if target == "-":
            to_utf8(newline="")
            (write_csv if kind == "csv" else write_jsonl)(rows, sys.stdout)
            return
        if kind == "parquet":
            with result_file(Path(target), "wb") as file:
                written = write_parquet(rows, file, include_text=include_text)
        elif kind == "csv":
            # Spreadsheets recognise UTF-8 only by a byte order mark.
            with result_file(Path(target), "w", encoding="utf-8-sig", errors="replace", newline="") as file:
                written = write_csv(rows, file)
        else:
            with result_file(Path(target), "w", encoding="utf-8", newline="\n") as file:
                written = write_jsonl(rows, file)
    if not quiet:
        from detector.render.words import count

        tell(f"wrote {target} ({count(written, 'article')})")
