"""``unspin serve``: the editor's page and the HTTP API."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.notes import tell
from detector.cli.options import Grammar, GrammarChecker, LanguageToolServer, Licensed, ReaderUse, Thresholds, When
from detector.cli.trace import allowed_outlets, require_archive
from detector.extras import require

if TYPE_CHECKING:
    from detector.audit.place import Place

_MOST_WORKERS = 4  # by default
_TOKEN = "UNSPIN_TOKEN"  # noqa: S105 - the name of a variable


def serve(
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Any address but this machine's own needs a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8300,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with the token that requests must send. Or set UNSPIN_TOKEN."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Host name of this server, such as news.example.org. May be repeated."),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Trust X-Forwarded-For from this proxy. May be repeated."),
    ] = None,
    store: Annotated[
        str | None, typer.Option(metavar="STORE", help="Show the feed in this audit store. It is only read.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the results of checks on the page, with their articles, in this file. Each gets an address to pass on.",
        ),
    ] = None,
    keep_days: Annotated[int, typer.Option(min=1, max=3650, help="With --keep: days until a result is deleted.")] = 90,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive", metavar="PLACE", help="Also look for the sources of articles in this archive. It is only read."
        ),
    ] = None,
    licensed: Licensed = None,
    fetch: Annotated[bool, typer.Option("--fetch/--no-fetch", help="Fetch web addresses that a user gives.")] = True,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Number of worker processes. Default: one for each processor, at most 4."),
    ] = None,
    waiting: Annotated[
        int, typer.Option(min=1, help="Number of articles that may wait. Further requests are told to try again later.")
    ] = 32,
    seconds: Annotated[float, typer.Option(min=0.1, help="Time limit for each article.")] = 20.0,
    most_megabytes: Annotated[float, typer.Option(min=0.01, max=100, help="Size limit for each article.")] = 10.0,
    rate: Annotated[float, typer.Option(min=0, help="Requests a second from one address; 0 means no limit.")] = 20.0,
    grammar: GrammarChecker = Grammar.HARPER,
    languagetool_server: LanguageToolServer = None,
    thresholds: Thresholds = None,
    reader: ReaderUse = When.ALWAYS,
    browse: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log only errors.")] = False,
) -> int:
    """Serve the editor's page and the HTTP API until Ctrl-C.

    Listens on this machine alone by default. It logs no articles, and keeps none without --keep. docs/http-api.md
    describes the API.
    """
    require("serve", "unspin serve")
    import asyncio
    import webbrowser

    from detector.audit.place import place_of
    from detector.web.keeper import Keeper
    from detector.web.pool import PoolSettings
    from detector.web.server import log_to_stderr
    from detector.web.server import serve as run
    from detector.web.settings import Settings
    from detector.workers import cores

    place = None if store is None else place_of(store)
    settings = Settings(
        host=host,
        port=port,
        token=_token(token_file),
        names=tuple(name or ()),
        pool=PoolSettings(workers=workers or min(_MOST_WORKERS, cores()), waiting=waiting, seconds=seconds),
        grammar=grammar.value,
        languagetool_server=languagetool_server,
        thresholds=thresholds,
        reader=reader.value,
        most_bytes=int(most_megabytes * 1_000_000),
        rate=rate,
        burst=max(1, int(3 * rate)),
        fetch=fetch,
        store=place,
        keep=keep,
        keep_days=keep_days,
        archive=archive,
        licensed=allowed_outlets(archive, licensed),
        proxies=",".join(trusted_proxy or ()),
    )
    if place is not None:
        _require_store(place)
    if keep is not None:
        Keeper(keep, keep_days).close()
    require_archive(archive)
    log_to_stderr(verbose=not quiet)

    def listening(address: str) -> None:
        tell(f"listening on {address} (stop with Ctrl-C)")
        if browse:
            webbrowser.open(address)

    asyncio.run(run(settings, listening))
    return 0


def _require_store(place: "Place") -> None:
    from detector.audit.store import Store

    Store.open(place, read_only=True).close()


def _token(file: Path | None) -> str:
    from detector.errors import UnspinError

    # Child processes must not inherit the token.
    given = os.environ.pop(_TOKEN, "")
    if file is None:
        return given
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise UnspinError(
            f"the token file {file} cannot be read ({type(error).__name__}). Check --token-file."
        ) from error
    if not token:
        raise UnspinError(f"the token file {file} is empty. Put a long random word in it.")
    return token
