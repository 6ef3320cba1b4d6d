"""``unspin archive``: a newsroom's own stories, among which unspin searches for the source of an article."""

from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.exit import Exit
from detector.cli.notes import tell
from detector.cli.options import (
    AllowPrivate,
    DateColumn,
    Delay,
    Follow,
    IdColumn,
    OutletColumn,
    TextColumn,
    TitleColumn,
    UrlColumn,
    source_options,
)

if TYPE_CHECKING:
    from detector.archive import ArchiveInfo
    from detector.audit.archiving import Filling

app = typer.Typer(help="Your own stories, where unspin looks for the source of an article.", no_args_is_help=True)

PLACE = "A folder, or opensearch://HOST:PORT/INDEX (opensearchs:// for https)."
SCHEMA = "unspin.archive/1"
_MOST_SHOWN = 20

Place = Annotated[str, typer.Option("--archive", metavar="PLACE", help=PLACE)]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]


@app.callback()
def _group() -> None:
    pass


@app.command("add")
def add(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Everything that unspin audit reads, and audit stores that hold texts; - reads standard input.",
        ),
    ],
    *,
    archive: Place,
    outlet: Annotated[
        str, typer.Option("--outlet", metavar="NAME", help="Outlet of stories whose source names none.")
    ] = "",
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="TIME", help="Keep stories no longer than this, such as 90d, 12w or 2y."),
    ] = None,
    follow: Follow = False,
    delay: Delay = 1.0,
    allow_private: AllowPrivate = False,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    url_column: UrlColumn = None,
    outlet_column: OutletColumn = None,
    date_column: DateColumn = None,
    title_column: TitleColumn = None,
    allow_errors: Annotated[
        bool, typer.Option("--allow-errors", help="Do not end with exit code 2 because some stories failed.")
    ] = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no notes.")] = False,
) -> int:
    """Add every story of the sources to an archive; make the archive if it is not there.

    A changed story replaces the one with the same id. You can stop the command at any time: the same command continues
    where it stopped and adds every story once.

    Exit code: 0 done, 2 at least one story could not be read (unless --allow-errors), or the archive could not be used.
    """
    from contextlib import closing

    from detector.archive import open_archive
    from detector.audit.archiving import Filling, days_of, fill
    from detector.audit.progress import how_far, shown
    from detector.render.words import count

    keep_days = None if keep is None else days_of(keep)
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
    )
    filling = Filling()

    def message(rate: float) -> str:
        return f"{how_far(filling, rate, 'story')}; {count(filling.failed, 'error')}"

    try:
        with (
            closing(open_archive(archive, create=True)) as opened,
            shown(filling, sources, quiet=quiet, message=message) as tick,
        ):
            fill(opened, sources, options=options, outlet=outlet, keep_days=keep_days, filling=filling, tick=tick)
    except KeyboardInterrupt:
        if not quiet:
            tell("what was added is kept. The same command goes on from there.")
        raise
    if json:
        _dump("add", archive, filling.as_dict())
    elif not quiet:
        print(summary(filling))
    _tell_errors(filling)
    return Exit.FAILED if filling.failed and not (allow_errors and filling.read) else Exit.NOTHING_FLAGGED


def summary(filling: "Filling") -> str:
    """Returns the result of adding stories in a sentence or two.

    >>> from detector.audit.archiving import Filling
    >>> print(summary(Filling(read=1200, changed=200, failed=1, removed=3)))
    1,201 stories: 200 new or changed, 1,000 known, 1 not read. Removed by --keep: 3.
    """
    from detector.render.words import count

    counts = filling.as_dict()
    parts = [f"{counts['changed']:,} new or changed", f"{counts['known']:,} known"]
    if filling.old:
        parts.append(f"{filling.old:,} too old to keep")
    parts.append(f"{filling.failed:,} not read")
    removed = f" Removed by --keep: {filling.removed:,}." if filling.removed else ""
    return f"{count(filling.done, 'story', 'stories')}: {', '.join(parts)}.{removed}"


def _tell_errors(filling: "Filling") -> None:
    for sentence in filling.sentences:
        tell(sentence)
    if more := filling.failed - len(filling.sentences):
        tell(f"{more:,} more could not be read.")


@app.command("info")
def info(*, archive: Place, json: Json = False) -> int:
    """Show what an archive holds: stories, outlets, dates, size."""
    from contextlib import closing

    from detector.archive import open_archive

    with closing(open_archive(archive)) as opened:
        found = opened.info()
    if json:
        from dataclasses import asdict

        _dump("info", archive, asdict(found))
    else:
        print("\n".join(_lines(found)))
    return Exit.NOTHING_FLAGGED


def _lines(found: "ArchiveInfo") -> list[str]:
    from detector.errors import printable
    from detector.render.words import count

    dates = f", {found.oldest} to {found.newest}" if found.oldest else ""
    lines = [
        f"{count(found.stories, 'story', 'stories')}{dates}",
        f"{found.bytes / 1e6:,.1f} MB, engine {found.engine}, format version {found.version}",
    ]
    shown = list(found.outlets.items())[:_MOST_SHOWN]
    lines += [f"{number:>12,}  {printable(name) or '(no outlet)'}" for name, number in shown]
    if more := len(found.outlets) - len(shown):
        lines.append(f"{more:,} more outlets: --json lists all.")
    return lines


@app.command("remove")
def remove(
    *,
    archive: Place,
    id: Annotated[  # noqa: A002 - the story's own word
        list[str] | None, typer.Option("--id", metavar="ID", help="The story with this id; may be repeated.")
    ] = None,
    outlet: Annotated[str | None, typer.Option("--outlet", metavar="NAME", help="Stories of this outlet.")] = None,
    before: Annotated[
        str | None,
        typer.Option(
            "--before",
            metavar="DATE",
            help="Stories from before this day. A story without a date counts by the day it was added.",
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Remove stories from an archive. With several conditions, only stories that meet all of them are removed."""
    from contextlib import closing

    from detector.archive import open_archive
    from detector.errors import UnspinError
    from detector.render.words import count

    if not id and outlet is None and before is None:
        raise UnspinError("say which stories to remove: --id, --outlet or --before.")
    with closing(open_archive(archive, read_only=False)) as opened:
        number = opened.remove(ids=id or (), outlet=outlet, before=before)
    if json:
        _dump("remove", archive, {"removed": number})
    else:
        print(f"{count(number, 'story', 'stories')} removed.")
    return Exit.NOTHING_FLAGGED


@app.command("verify")
def verify(*, archive: Place, json: Json = False) -> int:
    """Check that an archive is whole.

    Exit code: 0 the archive is whole, 2 it is damaged.
    """
    from contextlib import closing

    from detector.archive import DamagedArchiveError, open_archive

    try:
        with closing(open_archive(archive)) as opened:
            faults = opened.verify()
    except DamagedArchiveError as error:
        faults = error.faults
    if json:
        _dump("verify", archive, {"whole": not faults, "faults": faults})
    else:
        print("\n".join(faults) if faults else "The archive is whole.")
    return Exit.FAILED if faults else Exit.NOTHING_FLAGGED


def _dump(command: str, archive: str, result: dict[str, object]) -> None:
    from detector.render.data import dump

    print(dump({"schema": SCHEMA, "command": command, "archive": archive, **result}, indent=None))
