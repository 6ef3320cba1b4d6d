"""``unspin languagetool``: the only command that downloads a program."""

from typing import Annotated

import typer

app = typer.Typer(help="Install LanguageTool, a second grammar checker.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command("install")
def install() -> int:
    """Download LanguageTool into your cache folder, for --grammar languagetool.

    Downloads about 250 MB. Needs Java 17 or newer. No other command downloads anything.
    """
    from detector.cli.notes import tell
    from detector.errors import GrammarError
    from features.checkers.languagetool import install as download
    from features.grammar import CheckerUnavailable

    tell("downloading LanguageTool, about 250 MB ...")
    try:
        print(download())
    except CheckerUnavailable as error:
        raise GrammarError(str(error)) from error
    return 0


@app.command("status")
def status(
    *,
    languagetool_server: Annotated[
        str | None, typer.Option(metavar="URL", help="Ask this server, not the one in the settings.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> int:
    """Say whether LanguageTool works here, and what to do if not. Exit code 2 if it does not."""
    from dataclasses import asdict

    from detector.cli.doctor import languagetool_part, line
    from detector.cli.exit import Exit

    part = languagetool_part(languagetool_server)
    if json:
        from detector.render.data import dump

        print(dump({"schema": "unspin.languagetool/1", **asdict(part)}))
    else:
        print(line(part))
    return Exit.NOTHING_FLAGGED if part.ready else Exit.FAILED
