"""The settings of LanguageTool: where it is and how long it may take.

Arguments of :func:`read_settings` override the environment (``UNSPIN_LANGUAGETOOL_SERVER``,
``UNSPIN_LANGUAGETOOL_HOME``). The environment overrides the user's file ``unspin/config.toml`` in the settings
folder::

    [languagetool]
    server = "http://localhost:8081"   # a running server, or
    home = "/opt/LanguageTool-6.8"     # the folder of a local installation
    start_seconds = 60
    check_seconds = 60
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from detector.errors import GrammarError
from features.checkers.languagetool import CHECK_SECONDS, START_SECONDS, LanguageTool, Status, status
from features.checkers.languagetool_server import checked_address
from features.grammar import CheckerUnavailable

SERVER_VARIABLE = "UNSPIN_LANGUAGETOOL_SERVER"
HOME_VARIABLE = "UNSPIN_LANGUAGETOOL_HOME"


@dataclass(frozen=True)
class LanguageToolSettings:
    """Where LanguageTool is and how long it may take.

    Parameters
    ----------
    server : str or None
        Address of a running server. Takes precedence over ``home``.
    home : Path or None
        Folder of an installation; None for that of ``unspin languagetool install``.
    start_seconds, check_seconds : float
        How long a local server may take to start, and any server to answer; above 0.
    """

    server: str | None = None
    home: Path | None = None
    start_seconds: float = START_SECONDS
    check_seconds: float = CHECK_SECONDS


def read_settings(
    server: str | None = None,
    home: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> LanguageToolSettings:
    """Return the settings: arguments, else environment, else file. A given server or home overrides both places.

    Raises GrammarError if the file cannot be read or has an unknown or invalid setting.
    """
    environment = os.environ if environment is None else environment
    saved = _read_file(file or config_file(environment))
    timings = {"start_seconds": saved.start_seconds, "check_seconds": saved.check_seconds}
    if server or home:
        return LanguageToolSettings(server or None, home, **timings)
    server, folder = environment.get(SERVER_VARIABLE), environment.get(HOME_VARIABLE)
    if server or folder:
        return LanguageToolSettings(server or None, Path(folder).expanduser() if folder else None, **timings)
    return saved


def config_file(environment: Mapping[str, str]) -> Path:
    """Return the path of the user's settings file, which may not exist."""
    if sys.platform == "win32":
        folder = environment.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
    else:
        folder = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(folder) / "unspin" / "config.toml"


def languagetool(settings: LanguageToolSettings | None = None) -> LanguageTool:
    """Return LanguageTool as a grammar checker, which connects or starts at its first check.

    Raises GrammarError if the settings cannot be read, the server's address is invalid, or there is nothing to start.
    """
    settings = read_settings() if settings is None else settings
    try:
        if settings.server is not None:
            checked_address(settings.server)
        elif not (found := status(None, settings.home)).ready:
            raise GrammarError(found.found)
    except CheckerUnavailable as error:
        raise GrammarError(str(error)) from error
    return LanguageTool(settings.server, settings.home, settings.start_seconds, settings.check_seconds)


def languagetool_status(settings: LanguageToolSettings | None = None) -> Status:
    """Report whether the LanguageTool of the settings can be used. It may ask a server but starts nothing.

    Raises GrammarError if the settings cannot be read.
    """
    settings = read_settings() if settings is None else settings
    return status(settings.server, settings.home)


def _read_file(path: Path) -> LanguageToolSettings:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("languagetool", {})
    except FileNotFoundError:
        return LanguageToolSettings()
    except (OSError, ValueError) as error:
        raise GrammarError(f"the settings file {path} cannot be read ({error}): mend or remove it") from error
    known = {field.name for field in fields(LanguageToolSettings)}
    if not isinstance(table, dict):
        raise GrammarError(f"the settings file {path} has no table [languagetool]: mend or remove it")
    for name, value in table.items():
        if name not in known:
            raise GrammarError(
                f"the settings file {path} sets “{name}” for languagetool: known are {', '.join(sorted(known))}"
            )
        timing = name.endswith("_seconds")
        if timing and (isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf")):
            raise GrammarError(f"the settings file {path} sets {name} to {value!r}: give a number above 0")
        if not timing and not isinstance(value, str):
            raise GrammarError(f"the settings file {path} sets {name} to {value!r}: give a text in quotes")
    home = table.get("home")
    return LanguageToolSettings(
        server=table.get("server") or None,
        home=Path(home).expanduser() if home else None,
        start_seconds=float(table.get("start_seconds", START_SECONDS)),
        check_seconds=float(table.get("check_seconds", CHECK_SECONDS)),
    )
