"""Options that several commands share.

A command uses one as the type of an argument. The command sets the default.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from detector.audit.sources import SourceOptions


class Grammar(StrEnum):
    """The grammar checkers."""

    HARPER = "harper"
    LANGUAGETOOL = "languagetool"
    NONE = "none"


class When(StrEnum):
    """When the reader reads an article."""

    ALWAYS = "always"
    AUTO = "auto"
    NEVER = "never"


class FailOn(StrEnum):
    """The lowest label for which the exit code is 1.

    The default is ``spun``: only that label is an accusation, and only it has the low false positive rate. A gate that
    also stops suspect stories would stop human copy several times as often.
    """

    SPUN = "spun"
    SUSPECT = "suspect"
    NEVER = "never"


GrammarChecker = Annotated[
    Grammar, typer.Option(help="Grammar checker: harper is built in, languagetool needs a server or Java.")
]
LanguageToolServer = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Use the LanguageTool server at this address; implies --grammar languagetool."),
]
ReaderUse = Annotated[
    When,
    typer.Option(
        "--reader",
        help="When to read each word in its sentence: always, never, or auto (only if the other features leave the answer open). Reading finds more rewrites and takes twenty times as long.",
    ),
]
Thresholds = Annotated[
    Path | None,
    typer.Option("--thresholds", metavar="FILE", help="Use your own thresholds, made by unspin calibrate."),
]
Licensed = Annotated[
    Path | None,
    typer.Option(
        "--licensed",
        metavar="FILE",
        help="With --archive: who may republish whom. Each line names the outlet that republishes and, after a comma, the "
        "outlet that allows it.",
    ),
]
FailingLabel = Annotated[FailOn, typer.Option(help="Label from which the exit code is 1. Only spun is an accusation.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also fetch addresses of this machine and the local network.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=0,
        help="Number of worker processes; 0 works in this process. Default: one for each processor.",
    ),
]
Color = Annotated[
    bool | None, typer.Option("--color/--no-color", help="Colour the report. Default: only in a terminal.")
]


def _column(what: str) -> Any:  # noqa: ANN401 - Typer's own kind of option is private
    return typer.Option(
        metavar="NAME", help=f"Column that holds the {what}, if unspin guesses wrong (JSON, CSV, Parquet)."
    )


TextColumn = Annotated[str | None, _column("text")]
IdColumn = Annotated[str | None, _column("id")]
UrlColumn = Annotated[str | None, _column("address")]
OutletColumn = Annotated[str | None, _column("outlet")]
DateColumn = Annotated[str | None, _column("date")]
TitleColumn = Annotated[str | None, _column("headline")]
Follow = Annotated[bool, typer.Option("--follow", help="Fetch the page if a feed entry holds only a summary.")]
Delay = Annotated[
    float, typer.Option("--delay", metavar="SECONDS", min=0.0, help="Minimum time between two requests to one host.")
]


def source_options(
    *, follow: bool = False, delay: float = 1.0, allow_private: bool, **columns: str | None
) -> "SourceOptions":
    """Returns the settings for reading the sources, from the options of a command."""
    from detector.audit.sources import Columns, SourceOptions
    from detector.fetch import FetchLimits

    return SourceOptions(
        columns=Columns(**columns),
        follow=follow,
        fetch=FetchLimits(allow_private=allow_private),
        delay_seconds=delay,
    )


def checker_for(grammar: Grammar, languagetool_server: str | None) -> Grammar:
    """Returns the grammar checker to use. Naming a server selects LanguageTool."""
    return Grammar.LANGUAGETOOL if languagetool_server else grammar
