"""LanguageTool, the optional second grammar checker: a server by its address, or a local jar.

LanguageTool has some 5,000 English rules, while the embedded checker uses forty. It needs Java, one or two seconds to
start and about 100 ms per article. unspin uses language-tool-python to reach it. That library is under the GPL, so only
this module imports it, and only when it is used.

Two habits of the library are prevented. It would start Java itself, try 900 ports in turn and download what is missing:
here it only gets the address of a running server (:mod:`features.checkers.languagetool_server` starts one from a jar).
It would also wait five minutes for an answer and follow redirects: here its requests go through
:func:`~features.checkers.languagetool_server.ask`. Only :func:`install` downloads, and the public service is refused.
"""

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.checkers.languagetool_rules import DISABLED_CATEGORIES, LANGUAGE, categorise
from features.checkers.languagetool_server import OLDEST_JAVA, LocalServer, ask, checked_address, find_jar, find_java
from features.document import Document, Span
from features.grammar import Category, CheckerUnavailable, Finding, whole

if TYPE_CHECKING:
    from language_tool_python import LanguageTool as Client
    from language_tool_python.match import Match

START_SECONDS = 60.0
"""How long a local server may take to start."""

CHECK_SECONDS = 60.0
"""How long a server may take for one answer. The first takes seconds, later ones about 100 ms."""

ANSWER_SECONDS = 5.0
"""How long a server may take to list its languages. One that is silent for so long would not check either."""

# Servers may refuse long texts, and slow ones would take too long. An article fits in one piece.
_PIECE = 15_000

# LanguageTool 6.7 wants `an Ukrainian`.
_YOO = re.compile(r"\s+Ukrain")

_UNKNOWN_ENGLISH = "What answers at {} speaks no English, or is no LanguageTool server: check the address."
_WRONG_ANSWER = "What answers at {} is no LanguageTool server: its answer has another form. Check the address."


class LanguageTool:
    """LanguageTool as a :class:`~features.grammar.GrammarChecker`. Connects, or starts its server, at the first check.

    Safe to share between threads, but one checks at a time. Pickled without its connection. If it has started a local
    server, copies in other processes use the same server, so that all workers share one Java process.

    Parameters
    ----------
    server : str, optional
        Address of a running server. Takes precedence over ``home``.
    home : Path, optional
        Folder of a LanguageTool installation. By default, the folder where :func:`install` puts it.
    start_seconds, check_seconds : float
        How long the server may take to start and to give one answer.
    """

    name = "languagetool"

    def __init__(
        self,
        server: str | None = None,
        home: Path | None = None,
        start_seconds: float = START_SECONDS,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self.server = server
        self.home = home
        self.start_seconds = start_seconds
        self.check_seconds = check_seconds
        self._local: LocalServer | None = None
        self._client: Client | None = None
        self._lock = threading.RLock()

    @property
    def address(self) -> str | None:
        """Address of the server in use; None before the first check if a local server is to be started."""
        if self._local is not None:
            return self._local.address
        return None if self.server is None else checked_address(self.server)

    def check(self, text: str) -> list[Finding]:
        """Find errors, in order of position.

        Raises CheckerUnavailable if there is no server and no installation, or the server does not start or answer
        properly in time.
        """
        with self._lock:
            client = self._connected()
            found: list[Finding] = []
            for start, end in _pieces(text):
                piece = whole(text[start:end])
                with _sense_of(self.address):
                    matches = client.check(piece)
                    found += [_finding(match, piece, start) for match in matches]
            return sorted(found, key=lambda finding: finding.span)

    def start(self) -> None:
        """Connect or start the server now, before copies of the checker go to other processes.

        Raises
        ------
        CheckerUnavailable
            As :meth:`check` does.
        """
        with self._lock:
            self._connected()

    def close(self) -> None:
        """Stop the server if this object started it."""
        with self._lock:
            self._client = None
            if self._local is not None:
                self._local.stop()
                self._local = None

    def _connected(self) -> "Client":
        if self._client is None:
            if self.server is None and self._local is None:
                self._local = LocalServer(_installed(self.home), self.start_seconds)
            address = self.address or ""
            try:
                with _sense_of(address, _UNKNOWN_ENGLISH):
                    self._client = _make_client(address, self.check_seconds)
            except CheckerUnavailable:
                self.close()
                raise
        return self._client

    def __getstate__(self) -> dict[str, Any]:
        return {
            "server": self.address if self._local is not None else self.server,
            "home": self.home,
            "start_seconds": self.start_seconds,
            "check_seconds": self.check_seconds,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


def _make_client(address: str, seconds: float) -> "Client":
    """Create a client with a time limit for a running server. This asks the server for its languages."""
    try:
        from language_tool_python import LanguageTool as Library
    except ImportError as error:
        raise CheckerUnavailable(f"language-tool-python cannot be loaded ({error}): install unspin anew.") from error
    if not hasattr(Library, "_query_server"):
        raise CheckerUnavailable("This version of language-tool-python is not supported: install unspin anew.")

    class BoundedClient(Library):
        def _query_server(
            self,
            url: str,
            params: dict[str, str] | None = None,
            num_tries: int = 1,  # noqa: ARG002 (a failing server is reported, not asked again)
            method: str = "get",
        ) -> Any:  # noqa: ANN401 (the library's type)
            # A server lists its languages at once. Only checking takes time.
            return ask(url, seconds, params or {}) if method == "post" else ask(url, min(seconds, ANSWER_SECONDS))

    client = BoundedClient(LANGUAGE, remote_server=address)
    client.disabled_categories = set(DISABLED_CATEGORIES)
    return client


@contextmanager
def _sense_of(address: str | None, otherwise: str = _WRONG_ANSWER) -> Iterator[None]:
    """Turn errors from an answer of unexpected form into one sentence."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise CheckerUnavailable(otherwise.format(address)) from error


def _finding(match: "Match", text: str, shift: int) -> Finding:
    """Convert a match, with its span in code points. The library converts the start from UTF-16, but not the length.

    Raises ValueError if the span is empty or outside the text.
    """
    start = end = match.offset
    units = match.error_length
    if not 0 <= start < len(text) or units <= 0:
        raise ValueError(match.offset)
    while units > 0:
        units -= 2 if ord(text[end]) > 0xFFFF else 1  # raises IndexError past the end of the text
        end += 1
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    category = categorise(match.rule_id, match.category, match.rule_issue_type, match.message)
    if match.rule_id == "EN_A_VS_AN" and _YOO.match(text, end):
        category = Category.STYLE
    return Finding(
        span=Span(start + shift, end + shift),
        category=category,
        message=match.message,
        replacements=tuple(str(text) for text in match.replacements[:3]),
        rule=match.rule_id,
    )


def _pieces(text: str) -> list[Span]:
    """Split the text into pieces that a server accepts, at sentence boundaries unless a sentence is too long.

    >>> _pieces("One. Two.")
    [Span(start=0, end=9)]
    """
    pieces: list[Span] = []
    start = 0
    if len(text) > _PIECE:
        last = 0
        for sentence in Document(text).sentences:
            if sentence.end - start > _PIECE and last > start:
                pieces.append(Span(start, last))
                start = last
            last = sentence.end
            while last - start > _PIECE:
                pieces.append(Span(start, start + _PIECE))
                start += _PIECE
    return [*pieces, Span(start, len(text))] if re.search(r"\S", text[start:]) else pieces


@dataclass(frozen=True)
class Status:
    """Whether LanguageTool can be used.

    Parameters
    ----------
    ready : bool
        Whether a check would find a server, or a jar and Java.
    found : str
        What was found or is missing, in a few words.
    """

    ready: bool
    found: str


def status(server: str | None = None, home: Path | None = None, seconds: float = 5.0) -> Status:
    """Report whether LanguageTool can be used: a server answers, or jar and Java exist. Starts nothing."""
    if server is not None:
        try:
            address = checked_address(server)
            with _sense_of(address, _UNKNOWN_ENGLISH):
                codes = {language["longCode"] for language in ask(f"{address}v2/languages", seconds)}
        except CheckerUnavailable as error:
            return Status(ready=False, found=str(error))
        if LANGUAGE not in codes:
            return Status(ready=False, found=_UNKNOWN_ENGLISH.format(address))
        return Status(ready=True, found=f"server at {address}")
    try:
        jar = _installed(home)
    except CheckerUnavailable as error:
        return Status(ready=False, found=str(error))
    if find_java() is None:
        return Status(ready=False, found=f"{jar}, but no Java: it needs Java {OLDEST_JAVA} or newer")
    return Status(ready=True, found=str(jar))


def _installed(home: Path | None) -> Path:
    jar = find_jar(home or default_home())
    if jar is not None:
        return jar
    if home is None:
        raise CheckerUnavailable(
            "LanguageTool is not installed: run “unspin languagetool install”, or give the address of a server."
        )
    raise CheckerUnavailable(f"There is no LanguageTool in {home}: name the folder that holds languagetool-server.jar.")


def default_home() -> Path:
    """Folder where :func:`install` puts LanguageTool: ``unspin/languagetool`` in the user's cache folder."""
    if sys.platform == "win32":
        cache = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "unspin" / "languagetool"


def install(version: str | None = None, home: Path | None = None) -> Path:
    """Download LanguageTool (about 250 MB), verify its checksum and unpack it. Nothing else in unspin downloads.

    Parameters
    ----------
    version : str, optional
        For example ``"6.8"``; by default the version that language-tool-python recommends.
    home : Path, optional
        By default :func:`default_home`.

    Returns
    -------
    Path
        The folder of the installation. If it already has that version, nothing is downloaded.

    Raises
    ------
    CheckerUnavailable
        If Java is missing or too old, or the download fails.
    """
    from language_tool_python.download_lt import LTP_DOWNLOAD_VERSION, LocalLanguageTool
    from language_tool_python.exceptions import LanguageToolError

    folder = home or default_home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _library_folder(folder):
            release = LocalLanguageTool.from_version_name(version or LTP_DOWNLOAD_VERSION)
            release.download()
            return release.get_directory_path()
    except (LanguageToolError, OSError, SystemError, SystemExit, ImportError, ValueError) as error:
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise CheckerUnavailable(f"LanguageTool could not be installed in {folder}: {reason}.") from error


@contextmanager
def _library_folder(folder: Path) -> Iterator[None]:
    """Set the folder where the library looks and installs. The library reads it only from the environment."""
    before = {name: os.environ.pop(name, None) for name in ("LTP_PATH", "LTP_JAR_DIR_PATH")}
    os.environ["LTP_PATH"] = str(folder)
    try:
        yield
    finally:
        del os.environ["LTP_PATH"]
        os.environ.update({name: value for name, value in before.items() if value is not None})
