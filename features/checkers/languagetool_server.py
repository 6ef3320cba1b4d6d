"""A LanguageTool server: ask one within a time limit, or start and stop one from a jar.

A server is not trusted. It may be down, slow, another program, or send one byte at a time. :func:`ask` always ends in
time, with JSON or with an error sentence. It follows no redirect and uses no proxy, so unpublished text goes only to
the address that the user gave.
"""

import atexit
import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from features.grammar import CheckerUnavailable

JAR = "languagetool-server.jar"
MAIN_CLASS = "org.languagetool.server.HTTPServer"
OLDEST_JAVA = 17

_LOOPBACK = "127.0.0.1"
_MOST_BYTES = 32_000_000
_HEAP = "-Xmx768m"
_PUBLIC = ("languagetool.org", "languagetool.com", "languagetoolplus.com")

# A guard process between us and Java stops Java when told to, and also when we are killed and cannot tell it. Java
# alone would run for ever.
_GUARD = """
import os, subprocess, sys, threading
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def follow():
    os._exit(0 if server.wait() == 0 else 1)
threading.Thread(target=follow, daemon=True).start()
sys.stdin.buffer.read(1)
server.kill()
server.wait()
"""


def checked_address(address: str) -> str:
    """Return a server's base address as ``http://host:port/``, from what people type.

    >>> checked_address("localhost:8081"), checked_address("http://lt.desk.example/v2/check")
    ('http://localhost:8081/', 'http://lt.desk.example/')

    Raises CheckerUnavailable if it is not an HTTP address, or the address of the public service.
    """
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, _port = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not host:
        raise CheckerUnavailable(
            f"“{address}” is no address of a LanguageTool server: write it as http://localhost:8081."
        )
    if any(host == name or host.endswith(f".{name}") for name in _PUBLIC):
        raise CheckerUnavailable(
            f"{host} is a public LanguageTool service, and unpublished copy must not go there: "
            "run a server of your own and give its address."
        )
    path = parts.path.rstrip("/")
    path = path.removesuffix("/check").removesuffix("/v2").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/", "", ""))


def ask(url: str, seconds: float, fields: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 (untrusted JSON)
    """Return the JSON with which a server answers a GET, or a POST of form fields.

    Raises CheckerUnavailable if no server answers within ``seconds``, or the answer is not JSON.
    """
    body = request(url, seconds, fields)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CheckerUnavailable(
            f"What answers at {_short(url)} is no LanguageTool server: it sends no JSON."
        ) from error


def request(url: str, seconds: float, fields: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes that a server answers; raises as :func:`ask` does."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=seconds)
    expired = threading.Event()
    watch: threading.Timer | None = None
    try:
        connection.connect()
        watch = _cut_off_later(connection.sock, seconds, expired)
        if fields is None:
            connection.request("GET", parts.path)
        else:
            head = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Accept": "application/json"}
            connection.request("POST", parts.path, urlencode(fields).encode(), head)
        response = connection.getresponse()
        body = response.read(_MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if expired.is_set() or isinstance(error, TimeoutError):
            raise _too_slow(url, seconds) from error
        reason = str(error) or type(error).__name__
        raise CheckerUnavailable(
            f"No LanguageTool server answers at {_short(url)} ({reason}): start it, or check the address."
        ) from error
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()
    if expired.is_set():
        raise _too_slow(url, seconds)
    if response.status != http.client.OK:
        raise CheckerUnavailable(
            f"The server at {_short(url)} answers with HTTP {response.status}: check the address, and the server's log."
        )
    if len(body) > _MOST_BYTES:
        raise CheckerUnavailable(f"What answers at {_short(url)} is no LanguageTool server: it does not stop sending.")
    return body


def _cut_off_later(sock: socket.socket, seconds: float, expired: threading.Event) -> threading.Timer:
    """Shut a connection after some seconds, even if bytes still arrive: a socket's timeout restarts with every byte."""

    def cut_off() -> None:
        expired.set()
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, cut_off)
    watch.daemon = True
    watch.start()
    return watch


def _too_slow(url: str, seconds: float) -> CheckerUnavailable:
    return CheckerUnavailable(
        f"The LanguageTool server at {_short(url)} did not answer within {seconds:g} seconds: "
        "try again, or allow it more time in the settings."
    )


def _short(url: str) -> str:
    """The address without path and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def find_jar(home: Path) -> Path | None:
    """Find the server's jar in a folder, or in the newest ``LanguageTool-*`` folder below it."""
    if (home / JAR).is_file():
        return home / JAR
    below = [folder / JAR for folder in home.glob("LanguageTool-*") if (folder / JAR).is_file()]
    return max(below, key=lambda jar: _version(jar.parent.name), default=None)


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.removeprefix("LanguageTool-").split(".") if part.isdigit())


def find_java() -> str | None:
    """Find the Java program to run the jar: that of ``JAVA_HOME``, else that of the path."""
    home = os.environ.get("JAVA_HOME")
    return (shutil.which("java", path=str(Path(home) / "bin")) if home else None) or shutil.which("java")


class LocalServer:
    """A LanguageTool server on a free port of the loopback interface, running from construction to :meth:`stop`.

    It also stops when the object is garbage-collected, when Python ends, and when Python is killed.

    Parameters
    ----------
    jar : Path
        LanguageTool's server jar.
    seconds : float
        How long it may take to start.

    Raises
    ------
    CheckerUnavailable
        If Java is missing, or the server exits or does not answer in time.
    """

    def __init__(self, jar: Path, seconds: float) -> None:
        java = find_java()
        if java is None:
            raise CheckerUnavailable(
                f"LanguageTool needs Java, which was not found: install Java {OLDEST_JAVA} or newer."
            )
        port = _free_port()
        self.address = f"http://{_LOOPBACK}:{port}/"
        command = [java, _HEAP, "-cp", str(jar.resolve()), MAIN_CLASS, "--port", str(port)]
        log = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the server runs)
        process = subprocess.Popen(  # noqa: S603 (the Java on PATH, run on the user's jar)
            [sys.executable, "-I", "-c", _GUARD, *command], stdin=subprocess.PIPE, stdout=log, stderr=log
        )
        self.pid = process.pid
        self.stop = weakref.finalize(self, _stop, process, log, os.getpid())
        atexit.register(self.stop)
        try:
            self._wait(process, log, jar, seconds)
        except BaseException:
            self.stop()
            raise

    def _wait(self, process: subprocess.Popen[bytes], log: IO[bytes], jar: Path, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if process.poll() is not None:
                raise CheckerUnavailable(
                    f"LanguageTool did not start from {jar} ({_last_line(log)}): it needs Java {OLDEST_JAVA} or newer "
                    "and a whole installation."
                )
            with contextlib.suppress(CheckerUnavailable):
                request(f"{self.address}v2/healthcheck", min(left, 5.0))
                return
            time.sleep(0.1)
        raise CheckerUnavailable(
            f"LanguageTool did not start from {jar} within {seconds:g} seconds: allow it more time in the settings."
        )


def _stop(process: subprocess.Popen[bytes], log: IO[bytes], owner: int) -> None:
    if os.getpid() != owner:  # a forked worker must not stop its parent's server
        return
    with contextlib.suppress(OSError):
        process.communicate(b"\n", timeout=10)
    log.close()


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read(20_000).decode("utf-8", "replace").strip().splitlines()
    return lines[0].strip()[:200] if lines else "it said nothing"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
