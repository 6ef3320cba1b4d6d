"""The options that several commands have: said once, in the same words.

A command names one as the type of an argument; the default stays with the command.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Grammar(StrEnum):
    """Who looks for grammar errors."""

    HARPER = "harper"
    LANGUAGETOOL = "languagetool"
    NONE = "none"


class FailOn(StrEnum):
    """From which label the exit code is 1.

    The default is ``spun``: only that label is an accusation, and it alone has the low false-positive rate. A gate
    that also stops every suspect story would stop human copy several times as often.
    """

    SPUN = "spun"
    SUSPECT = "suspect"
    NEVER = "never"


GrammarChecker = Annotated[
    Grammar, typer.Option(help="Grammar checker: the built-in one, LanguageTool if you have it, or none.")
]
LanguageToolServer = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Address of a running LanguageTool server; means --grammar languagetool."),
]
Thresholds = Annotated[
    Path | None,
    typer.Option("--thresholds", metavar="FILE", help="Your newsroom's own, made by unspin calibrate."),
]
FailingLabel = Annotated[
    FailOn, typer.Option(help="The label from which the exit code is 1. Only spun is an accusation.")
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Allow addresses of this machine and the local network.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", min=0, help="Worker processes; else one a processor. 0: none, all in this one."
    ),
]
Color = Annotated[
    bool | None, typer.Option("--color/--no-color", help="Colour the report; by default when a person is reading.")
]


def column(what: str) -> Any:  # noqa: ANN401 - Typer's own kind of option is private
    """An option that names a column of the sources."""
    return typer.Option(metavar="NAME", help=f"Where the {what} is in JSON, CSV or Parquet, if a guess is wrong.")


def checker_for(grammar: Grammar, languagetool_server: str | None) -> Grammar:
    """The grammar checker that is meant: whoever names a server wants LanguageTool."""
    return Grammar.LANGUAGETOOL if languagetool_server else grammar
