"""LanguageTool: bounded whatever the server does, asked nowhere but where the user says, and right where it is real."""

import hashlib
import io
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from features.checkers.languagetool import LanguageTool, default_home, install, status
from features.checkers.languagetool_server import JAR, LocalServer, checked_address, find_jar
from features.document import Document
from features.grammar import Category, CheckerUnavailable, Grammar

LANGUAGES = json.dumps([{"name": "English (GB)", "code": "en", "longCode": "en-GB"}]).encode()

real_server = pytest.mark.skipif(
    "UNSPIN_LANGUAGETOOL_SERVER" not in os.environ,
    reason="UNSPIN_LANGUAGETOOL_SERVER names no LanguageTool server (.ci/run starts one where Java and its jars are)",
)
real_jar = pytest.mark.skipif(
    "UNSPIN_LANGUAGETOOL_HOME" not in os.environ or shutil.which("java") is None,
    reason="UNSPIN_LANGUAGETOOL_HOME names no LanguageTool, or there is no Java (.ci/run provides it where it can)",
)


class Stranger(BaseHTTPRequestHandler):
    """A server that answers as it is told to, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    answers: dict[str, Callable[["Stranger"], None]]
    asked: list[tuple[str, dict[str, list[str]]]]

    def do_GET(self) -> None:
        """Answer and remember."""
        self._answer({})

    def do_POST(self) -> None:
        """Answer and remember the form."""
        self._answer(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def _answer(self, form: dict[str, list[str]]) -> None:
        self.asked.append((self.path, form))
        with suppress(OSError):
            self.answers[self.path](self)

    def send(self, body: bytes, code: int = 200, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def stranger(
    check: Callable[[Stranger], None] | bytes, languages: Callable[[Stranger], None] | bytes = LANGUAGES
) -> Iterator[tuple[str, list[tuple[str, dict[str, list[str]]]]]]:
    """A server on loopback: its address, and the list of what it is asked."""

    def answer(given: Callable[[Stranger], None] | bytes) -> Callable[[Stranger], None]:
        return (lambda server: server.send(given)) if isinstance(given, bytes) else given

    asked: list[tuple[str, dict[str, list[str]]]] = []
    handler = type(
        "Told",
        (Stranger,),
        {"answers": {"/v2/languages": answer(languages), "/v2/check": answer(check)}, "asked": asked},
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def match(offset: int, length: int, **changes: object) -> dict[str, Any]:
    """One match as LanguageTool sends it; offset and length in UTF-16 units."""
    return {
        "message": "Use “has”.",
        "replacements": [{"value": "has"}, {"value": "had"}],
        "offset": offset,
        "length": length,
        "context": {"text": "he have", "offset": 3, "length": 4},
        "sentence": "he have",
        "rule": {"id": "HE_VERB_AGR", "issueType": "grammar", "category": {"id": "GRAMMAR", "name": "Grammar"}},
    } | changes


def matches(*found: dict[str, Any]) -> bytes:
    """A whole answer."""
    return json.dumps({"software": {"version": "6.7"}, "matches": list(found)}).encode()


def sleep(_: Stranger) -> None:
    """Never answer in time."""
    time.sleep(30)


def drip(server: Stranger) -> None:
    """Send a byte now and then: each is in time, the answer never is."""
    server.send_response(200)
    server.send_header("Content-Length", "100000")
    server.end_headers()
    for _ in range(600):
        server.wfile.write(b" ")
        server.wfile.flush()
        time.sleep(0.05)


def drip_head(server: Stranger) -> None:
    """Never come to the end of the header."""
    for _ in range(600):
        server.wfile.write(b"H")
        server.wfile.flush()
        time.sleep(0.05)


def hang_up(server: Stranger) -> None:
    """Close without a word."""
    server.close_connection = True
    server.connection.shutdown(socket.SHUT_RDWR)


def redirect(server: Stranger) -> None:
    """Send the client to the public service."""
    server.send(b"", 307, Location="https://api.languagetool.org/v2/check")


HTML = b"<!doctype html><title>It works!</title>"
NONSENSE: dict[str, Callable[[Stranger], None] | bytes] = {
    "html": HTML,
    "nothing": b"",
    "broken JSON": b'{"matches": [',
    "deep JSON": b"[" * 200_000,
    "a number": b"42",
    "null": b"null",
    "another object": b'{"error": "no"}',
    "matches are a text": b'{"matches": "none"}',
    "a match is a number": b'{"matches": [1]}',
    "no rule": matches({k: v for k, v in match(3, 4).items() if k != "rule"}),
    "no replacements": matches(match(3, 4, replacements=None)),
    "offset is a word": matches(match(3, 4) | {"offset": "three"}),
    "offset past the end": matches(match(10**9, 4)),
    "offset below zero": matches(match(-1, 4)),
    "length past the end": matches(match(3, 10**9)),
    "no length": matches(match(3, 0)),
    "not found": lambda server: server.send(b"{}", 404),
    "too large": lambda server: server.send(b"Error: text too long", 413),
    "fault": lambda server: server.send(b"{}", 500),
    "redirect": redirect,
    "hang up": hang_up,
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_server_that_checks_nonsensically_is_reported(kind: str) -> None:
    """Whatever comes back, the caller gets one sentence that names the address, and no other exception."""
    with stranger(NONSENSE[kind]) as (address, _), pytest.raises(CheckerUnavailable, match=r"127\.0\.0\.1") as caught:
        LanguageTool(address).check("he have agreed")

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", [kind for kind in NONSENSE if "match" not in kind and "offset" not in kind])
def test_a_server_that_introduces_itself_nonsensically_is_reported(kind: str) -> None:
    """The same holds before the first check, and such a server gets no text."""
    with stranger(matches(), NONSENSE[kind]) as (address, asked):
        with pytest.raises(CheckerUnavailable, match=r"127\.0\.0\.1"):
            LanguageTool(address).check("he have agreed")
        assert not status(address).ready

    assert {path for path, _ in asked} <= {"/v2/languages"}


@pytest.mark.parametrize("slow", [sleep, drip, drip_head])
def test_a_slow_server_is_given_up(slow: Callable[[Stranger], None]) -> None:
    """The limit is for the whole answer, however it drips."""
    with stranger(slow) as (address, _), pytest.raises(CheckerUnavailable, match=r"within 0\.5 seconds"):
        LanguageTool(address, check_seconds=0.5).check("he have agreed")


def test_a_silent_server_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not even say which languages it knows is not waited for as a check is."""
    monkeypatch.setattr("features.checkers.languagetool.ANSWER_SECONDS", 0.4)
    with stranger(matches(), sleep) as (address, _), pytest.raises(CheckerUnavailable, match=r"within 0\.4 seconds"):
        LanguageTool(address, check_seconds=60).check("he have agreed")


def test_a_server_that_is_down_is_reported() -> None:
    """Nobody listens: say so, and what to do."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"

        with pytest.raises(CheckerUnavailable, match="start it, or check the address"):
            LanguageTool(address).check("he have agreed")
        assert not status(address).ready


def test_a_server_without_english_is_reported() -> None:
    """A LanguageTool for German only cannot check English."""
    german = json.dumps([{"name": "German", "code": "de", "longCode": "de-DE"}]).encode()
    with stranger(matches(), german) as (address, _):
        with pytest.raises(CheckerUnavailable, match="speaks no English"):
            LanguageTool(address).check("he have agreed")
        assert not status(address).ready


def test_a_server_that_recovers_is_used_again() -> None:
    """A failed check leaves the checker whole."""
    answers = iter([HTML, matches(match(3, 4))])
    with (
        stranger(lambda server: server.send(next(answers))) as (address, _),
        closing(LanguageTool(address)) as checker,
    ):
        with pytest.raises(CheckerUnavailable):
            checker.check("he have agreed")

        assert [finding.span for finding in checker.check("he have agreed")] == [(3, 7)]


@pytest.mark.parametrize(
    "address",
    [
        "https://api.languagetool.org",
        "https://api.languagetool.org/v2/check",
        "languagetool.org/api",
        "http://LANGUAGETOOL.ORG.:80/",
        "https://api.languagetoolplus.com/v2",
        "http://user:word@api.languagetool.org",
        "https://eu.api.languagetool.com",
    ],
)
def test_public_services_are_refused(address: str) -> None:
    """Unpublished copy must not go there, and nothing is asked to find out."""
    with pytest.raises(CheckerUnavailable, match="unpublished copy"):
        LanguageTool(address).check("he have agreed")


@pytest.mark.parametrize(
    "address", ["", "   ", "ftp://localhost", "file:///etc/passwd", "http://", "http://host:port", "http://["]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """The message shows how one is written."""
    with pytest.raises(CheckerUnavailable, match="http://localhost:8081"):
        checked_address(address)


def test_addresses_that_only_sound_public_are_fine() -> None:
    """A server of one's own may bear the name."""
    assert checked_address("http://notlanguagetool.org:81/lt/v2/") == "http://notlanguagetool.org:81/lt/"


def test_text_goes_to_the_address_and_past_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies of the environment see nothing; the server is asked once, for British English, without style rules."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with stranger(matches()) as (address, asked):
        assert LanguageTool(address).check("he have agreed") == []

    assert [path for path, _ in asked] == ["/v2/languages", "/v2/check"]
    form = asked[-1][1]
    assert form["text"] == ["he have agreed"]
    assert form["language"] == ["en-GB"]
    assert "STYLE" in form["disabledCategories"][0].split(",")


def test_spans_are_code_points_though_the_server_counts_utf16() -> None:
    """Emoji before and inside a match shift and stretch nothing."""
    text = "🙂🙂 he ha🙂ve it"
    with stranger(matches(match(8, 6), match(15, 2))) as (address, _):
        found = LanguageTool(address).check(text)

    assert [text[slice(*finding.span)] for finding in found] == ["ha🙂ve", "it"]


def test_long_texts_go_in_pieces_with_their_own_offsets() -> None:
    """Each piece is whole sentences, and all of the text is sent."""
    sentence = "He have agreed to every point of the plan. "
    text = sentence * 900

    def answer(server: Stranger) -> None:
        server.send(matches(match(server.asked[-1][1]["text"][0].index("have"), 4)))

    with stranger(answer) as (address, asked):
        found = LanguageTool(address).check(text)

    pieces = [form["text"][0] for path, form in asked if path == "/v2/check"]
    assert len(pieces) == len(found) == 3
    assert "".join(pieces) == text
    assert {text[slice(*finding.span)] for finding in found} == {"have"}


def test_blank_text_is_not_sent() -> None:
    """There is nothing to check."""
    with stranger(matches()) as (address, asked):
        assert LanguageTool(address).check(" \n\t ") == []

    assert [path for path, _ in asked] == ["/v2/languages"]


def test_lone_surrogates_can_be_sent() -> None:
    """What no encoding can carry is replaced, and offsets hold."""
    with stranger(matches(match(5, 4))) as (address, _):
        assert [finding.span for finding in LanguageTool(address).check("\ud800 he have it")] == [(5, 9)]


def test_findings_become_columns() -> None:
    """The feature reads this checker as any other."""
    with stranger(matches(match(3, 4))) as (address, _):
        measured = Grammar(LanguageTool(address)).measure(Document("He have agreed."))

    assert measured.values["agreement_errors_per_1000_words"] == pytest.approx(1000 / 3)
    assert [mark.expected for mark in measured.evidence] == [("has", "had")]


def test_a_copy_for_another_process_has_the_same_settings() -> None:
    """The connection stays behind."""
    with stranger(matches(match(3, 4))) as (address, _):
        checker = LanguageTool(address, check_seconds=7)
        checker.start()
        again = pickle.loads(pickle.dumps(checker))  # noqa: S301 (our own)

        assert again.check_seconds == 7
        assert again.check("he have agreed") == checker.check("he have agreed") != []


def test_without_an_installation_the_message_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is downloaded for a check."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))

    with pytest.raises(CheckerUnavailable, match="unspin languagetool install"):
        LanguageTool().check("he have agreed")
    assert not status().ready
    assert not default_home().exists()


def test_a_home_without_a_jar_is_reported(tmp_path: Path) -> None:
    """The message says which file was expected."""
    with pytest.raises(CheckerUnavailable, match=r"languagetool-server\.jar"):
        LanguageTool(home=tmp_path).check("he have agreed")


def test_the_newest_jar_is_found(tmp_path: Path) -> None:
    """A folder of installations, or an installation itself, will do."""
    for version in ("6.9", "6.10", "broken"):
        (tmp_path / f"LanguageTool-{version}").mkdir()
    for version in ("6.9", "6.10"):
        (tmp_path / f"LanguageTool-{version}" / JAR).touch()

    assert find_jar(tmp_path) == tmp_path / "LanguageTool-6.10" / JAR
    assert find_jar(tmp_path / "LanguageTool-6.9") == tmp_path / "LanguageTool-6.9" / JAR
    assert find_jar(tmp_path / "nowhere") is None


def fake_java(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program named java first on the path."""
    program = folder / "java"
    program.write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


FAKE_SERVER = """
import sys, http.server
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'[{"name": "English", "code": "en", "longCode": "en-GB"}]'
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *a): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), H).serve_forever()
"""


def test_a_jar_that_dies_at_the_start_is_reported_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One try, and the first line of what Java said."""
    fake_java(
        tmp_path,
        f"open({str(tmp_path / 'runs')!r}, 'a').write('x'); raise SystemExit('Unable to access jarfile')",
        monkeypatch,
    )
    (tmp_path / JAR).touch()

    with pytest.raises(CheckerUnavailable, match="Unable to access jarfile"):
        LanguageTool(home=tmp_path).check("he have agreed")
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "x"


def test_a_jar_that_never_answers_is_given_up_and_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The limit for starting holds, and nothing is left running."""
    note = tmp_path / "pid"
    fake_java(
        tmp_path, f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)", monkeypatch
    )
    (tmp_path / JAR).touch()

    with pytest.raises(CheckerUnavailable, match="within 2 seconds"):
        LanguageTool(home=tmp_path, start_seconds=2).check("he have agreed")
    assert gone(int(note.read_text(encoding="utf-8")))


def test_a_missing_java_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says which Java is needed."""
    (tmp_path / JAR).touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(CheckerUnavailable, match="install Java 17"):
        LanguageTool(home=tmp_path).check("he have agreed")
    assert not status(home=tmp_path).ready


def gone(pid: int, seconds: float = 10.0) -> bool:
    """Whether a process ends within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").is_file() and ") Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8"):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_the_server_ends_even_if_python_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No Java is left behind by a worker that was killed."""
    note = tmp_path / "pid"
    fake_java(tmp_path, f"import os\nopen({str(note)!r}, 'w').write(str(os.getpid()))\n{FAKE_SERVER}", monkeypatch)
    (tmp_path / JAR).touch()
    code = (
        "import sys, pathlib; from features.checkers.languagetool_server import LocalServer\n"
        "server = LocalServer(pathlib.Path(sys.argv[1]), 30); print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / JAR)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"up\n"
        worker.kill()

    assert gone(int(note.read_text(encoding="utf-8")))


def test_a_local_server_is_shared_with_copies_and_stopped_by_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Copies use the running server; closing one of them stops nothing, closing the first stops it."""
    note = tmp_path / "pid"
    fake_java(tmp_path, f"import os\nopen({str(note)!r}, 'w').write(str(os.getpid()))\n{FAKE_SERVER}", monkeypatch)
    (tmp_path / JAR).touch()
    checker = LanguageTool(home=tmp_path)
    assert checker.address is None
    checker.start()
    pid = int(note.read_text(encoding="utf-8"))
    again = pickle.loads(pickle.dumps(checker))  # noqa: S301 (our own)

    assert again.server == checker.address
    again.start()
    again.close()
    assert not gone(pid, 0.3)
    checker.close()
    checker.close()
    assert gone(pid)


def test_the_library_never_starts_or_downloads_anything_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A local server is ours from start to end."""
    import language_tool_python.download_lt as library
    from language_tool_python import LanguageTool as Library

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the library went its own way")

    monkeypatch.setattr(library.ReleaseLocalLanguageTool, "download", refuse)
    monkeypatch.setattr(Library, "_start_local_server", refuse)
    fake_java(tmp_path, FAKE_SERVER, monkeypatch)
    (tmp_path / JAR).touch()

    with closing(LanguageTool(home=tmp_path)) as checker:
        checker.start()


@contextmanager
def download_of(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the library download this from loopback; gives the list of what it asked for."""
    import language_tool_python.download_lt as library

    asked: list[str] = []

    class Shelf(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(archive)))
            self.end_headers()
            self.wfile.write(archive)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(library, "BASE_URL_NEW_RELEASES", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(library, "confirm_java_compatibility", lambda *_: None)
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()


def archive() -> bytes:
    """A LanguageTool of one empty jar."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        zipped.writestr(f"LanguageTool-6.8/{JAR}", b"")
    return data.getvalue()


def test_install_downloads_once_into_our_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The second call finds what the first put there; the environment is as before."""
    monkeypatch.setenv("LTP_DOWNLOAD_SHA256", hashlib.sha256(archive()).hexdigest())
    monkeypatch.setenv("LTP_PATH", "elsewhere")
    home = tmp_path / "home"
    with download_of(archive(), monkeypatch) as asked:
        installed = install("6.8", home)
        assert install("6.8", home) == installed

    assert len(asked) == 1
    assert installed == home / "LanguageTool-6.8"
    assert find_jar(home) == installed / JAR
    assert os.environ["LTP_PATH"] == "elsewhere"


def test_install_refuses_what_is_not_the_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A download with another checksum is not unpacked."""
    monkeypatch.delenv("LTP_DOWNLOAD_SHA256", raising=False)
    with download_of(archive(), monkeypatch), pytest.raises(CheckerUnavailable, match="checksum"):
        install("6.8", tmp_path)

    assert find_jar(tmp_path) is None


@pytest.mark.parametrize("version", ["", "six", "../6.8"])
def test_install_refuses_what_is_no_version(version: str, tmp_path: Path) -> None:
    """Nothing is asked of anybody."""
    with pytest.raises(CheckerUnavailable, match="could not be installed"):
        install(version or "?", tmp_path)


@pytest.fixture(scope="module")
def languagetool() -> Iterator[LanguageTool]:
    """The real server."""
    with closing(LanguageTool(os.environ["UNSPIN_LANGUAGETOOL_SERVER"])) as checker:
        yield checker


REAL = {
    "He have agreed to it.": ("have", Category.AGREEMENT),
    "The talks was held in May.": ("was", Category.AGREEMENT),
    "The bank wants a assurance from the state.": ("a", Category.ARTICLE),
    "The board did not went to the talks.": ("went", Category.VERB_FORM),
    "They should of known that.": ("should of", Category.VERB_FORM),
    "They paid for for the trains.": ("for for", Category.REPETITION),
    "They left with out a word.": ("with out", Category.WORD_CHOICE),
    "They acepted the plan.": ("acepted", Category.SPELLING),
    "On Monday i left the town.": ("i", Category.CAPITALISATION),
}


@real_server
@pytest.mark.parametrize("text", REAL)
def test_the_real_server_finds_errors_in_shared_categories(languagetool: LanguageTool, text: str) -> None:
    """Emoji in front, so that offsets are tried against the real thing."""
    text = "🙂🙂 All was well.\r\n\r\n" + text
    found = languagetool.check(text)

    assert [(text[slice(*f.span)], f.category) for f in found] == [REAL[text.rsplit("\n", 1)[-1]]]


@real_server
def test_the_real_server_leaves_good_copy_alone(languagetool: LanguageTool) -> None:
    """Names, both spellings of English and a serial comma are no errors; the proposals for names do not count."""
    text = (
        "The harbour board in Port Ellis agreed on Tuesday to widen the eastern channel, officials said. “We has waited,” "
        "said Mara Quill. The color of the center, the colour of the centre: a Ukrainian dredger did it for an MP."
    )

    assert not Grammar(languagetool).measure(Document(text)).evidence


@real_server
def test_the_real_server_is_ready() -> None:
    """Status says so."""
    assert status(os.environ["UNSPIN_LANGUAGETOOL_SERVER"]).ready


@real_jar
def test_a_real_jar_is_started_and_stopped() -> None:
    """A local installation serves as well as a server, and is gone afterwards."""
    home = Path(os.environ["UNSPIN_LANGUAGETOOL_HOME"])
    assert status(home=home).ready
    with closing(LanguageTool(home=home, start_seconds=120)) as checker:
        assert [finding.rule for finding in checker.check("He have agreed to it.")] == ["HE_VERB_AGR"]
        address = checker.address or ""
        assert status(address).ready

    assert not status(address).ready


def test_a_forgotten_server_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody needs to close what nobody holds."""
    note = tmp_path / "pid"
    fake_java(tmp_path, f"import os\nopen({str(note)!r}, 'w').write(str(os.getpid()))\n{FAKE_SERVER}", monkeypatch)
    (tmp_path / JAR).touch()
    server = LocalServer(tmp_path / JAR, 30)
    pid = int(note.read_text(encoding="utf-8"))
    del server

    assert gone(pid)
