"""Servers for tests. Each runs in a thread on its own port, with worker doubles or real workers."""

import asyncio
import http.client
import importlib
import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the server's packages (extra serve) are missing")

from detector.web.pool import Entry, PoolSettings
from detector.web.server import serve
from detector.web.settings import Settings
from detector.web.worker import main as real_worker

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Answer:
    """The server's answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is any of its types
        """Parse the body as JSON."""
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """The name of the problem. The answer must be a problem."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        name: str = self.json["type"].removeprefix("urn:unspin:problem:")
        return name


class Server:
    """A running server and methods to send requests to it."""

    def __init__(self, settings: Settings, entry: Entry) -> None:
        self._settings = replace(settings, port=0)
        self._entry = entry
        self._told: queue.Queue[str | BaseException] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        found = self._told.get(timeout=60)
        if isinstance(found, BaseException):
            raise found
        self.address = found.rstrip("/")
        self.port = int(self.address.rpartition(":")[2])

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - passed to the waiting thread
            self._told.put(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        await serve(self._settings, self._told.put, entry=self._entry, stop=self._stop)

    def begin_to_stop(self) -> None:
        """Start to stop, as SIGTERM does."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def close(self) -> None:
        """Stop and wait."""
        if self._thread.is_alive():
            self.begin_to_stop()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def connect(self, seconds: float = 30) -> http.client.HTTPConnection:
        """Open a new connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:  # noqa: ANN401
        """Send one request on a new connection."""
        with closing(self.connect()) as connection:
            connection.request(method, path, body, dict(headers or {}))
            got = connection.getresponse()
            return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())

    @contextmanager
    def begin(self, path: str, **headers: str) -> Iterator[http.client.HTTPConnection]:
        """Begin a request, whose body the caller sends. ``_`` in a header's name stands for a hyphen."""
        with closing(self.connect()) as connection:
            connection.putrequest("POST", path)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            yield connection

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        """Send JSON."""
        return self.ask("POST", path, json.dumps(fields), {"Content-Type": "application/json", **headers})

    def metric(self, name: str) -> float:
        """Returns one number of ``/metrics``; 0 if it is missing."""
        for line in self.ask("GET", "/metrics").body.decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return 0.0


Serving = Callable[..., Server]
SETTINGS = Settings(rate=0, grammar="none", reader="never", pool=PoolSettings(workers=1, waiting=4, seconds=20))


TOKEN = "a-token-that-nobody-guesses"  # noqa: S105 - opens test servers only


@pytest.fixture(scope="session")
def double() -> Iterator[ModuleType]:
    """The module of doubles, importable by worker processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HERE))
        yield importlib.import_module("worker_double")


@pytest.fixture
def serving(double: ModuleType) -> Iterator[Serving]:
    """Starts servers with worker doubles. It takes settings and pool settings by name."""
    started: list[Server] = []

    def start(*, entry: Entry = double.main, pool: Mapping[str, Any] | None = None, **settings: Any) -> Server:  # noqa: ANN401
        pool_settings = replace(SETTINGS.pool, **(pool or {}))
        started.append(Server(replace(SETTINGS, pool=pool_settings, **settings), entry))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="session")
def plain(double: ModuleType) -> Iterator[Server]:
    """A server with a worker double and no token."""
    with closing(Server(SETTINGS, double.main)) as server:
        yield server


@pytest.fixture(scope="session")
def locked(double: ModuleType) -> Iterator[Server]:
    """A server with a worker double that asks for a token."""
    with closing(Server(replace(SETTINGS, token=TOKEN, names=("News.example.org",)), double.main)) as server:
        yield server


@pytest.fixture(scope="session")
def api() -> Iterator[Server]:
    """A server with a real worker, the embedded model and no grammar checker."""
    with closing(Server(SETTINGS, real_worker)) as server:
        yield server


@pytest.fixture(scope="session")
def spun() -> str:
    """An article full of substitutions."""
    folder = HERE.parents[2] / "seeds" / "texts"
    return (folder / "river-board-talks.spun-dictionary.txt").read_text(encoding="utf-8")
