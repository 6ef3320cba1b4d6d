"""What is said of an OpenSearch that refuses, is slow, down, or none at all. The servers here are made by hand."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opensearch_nodes import free_port

from detector.archive import ArchiveError, open_archive
from detector.archive.opensearch_place import credentials, place_of

pytest.importorskip("opensearchpy", reason="the extra opensearch is not installed")

Answer = Callable[[BaseHTTPRequestHandler], tuple[int, object]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server that gives this answer to everything; the address of an archive on it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"opensearch://127.0.0.1:{server.server_port}/wire"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(address: str, **how: bool) -> str:
    """The sentence with which opening fails."""
    with pytest.raises(ArchiveError) as caught:
        open_archive(address, **how)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of whoever runs the tests are theirs."""
    for name in ("TOKEN", "LOGIN", "TOKEN_FILE", "LOGIN_FILE", "CA"):
        monkeypatch.delenv(f"UNSPIN_OPENSEARCH_{name}", raising=False)


def test_down() -> None:
    """Nothing listens."""
    assert "the server cannot be reached" in refusal(f"opensearch://127.0.0.1:{free_port()}/wire")


def test_slow() -> None:
    """The wait has a bound, which the address may change."""

    def late(_: BaseHTTPRequestHandler) -> tuple[int, object]:
        time.sleep(2)
        return 200, {}

    with serving(late) as address:
        assert "no answer within 1 s." in refusal(f"{address}?timeout=1")


@pytest.mark.parametrize("status", [401, 403])
def test_refused(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names what to set, and no secret."""
    monkeypatch.setenv("UNSPIN_OPENSEARCH_TOKEN", "very-secret")
    with serving(lambda _: (status, {"error": "no"})) as address:
        said = refusal(address)
    assert "refused the credentials. Check UNSPIN_OPENSEARCH_TOKEN" in said
    assert "very-secret" not in said


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, {"error": "busy"}, "too busy"),
        (
            503,
            {"error": {"type": "no_shard_available_action_exception"}},
            "does not answer, so a source could be missed",
        ),
        (400, {"error": {"type": "odd"}}, "refused the request"),
        (200, {"wire": {"mappings": {}, "settings": {"index": {"number_of_shards": "1"}}}}, "no archive of unspin"),
        (200, {"wire-1": {}, "wire-2": {}}, "stands for 2 indices"),
    ],
)
def test_other_answers(status: int, body: object, said: str) -> None:
    """One sentence each."""
    with serving(lambda _: (status, body)) as address:
        assert said in refusal(address)


def test_another_server() -> None:
    """A web page instead of an index."""
    with serving(lambda _: (200, b"<html>")) as address:
        refusal(address)


def test_a_server_without_encryption() -> None:
    """Asked for https, it is not used without."""
    with serving(lambda _: (200, {})) as address:
        refusal(address.replace("opensearch://", "opensearchs://"))


class TestCredentials:
    """From the environment or a file; sent with every request."""

    @pytest.mark.parametrize("in_file", [False, True])
    @pytest.mark.parametrize(
        ("name", "value", "sent"),
        [
            ("TOKEN", "abc.def", "Bearer abc.def"),
            ("LOGIN", "desk:p:w", "Basic " + base64.b64encode(b"desk:p:w").decode()),
        ],
    )
    def test_they_are_sent(
        self, name: str, value: str, sent: str, in_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a header, and never in an address."""
        if in_file:
            (tmp_path / "secret").write_text(f"{value}\n", encoding="utf-8")
            monkeypatch.setenv(f"UNSPIN_OPENSEARCH_{name}_FILE", str(tmp_path / "secret"))
        else:
            monkeypatch.setenv(f"UNSPIN_OPENSEARCH_{name}", value)
        seen: list[tuple[str, str]] = []

        def note(request: BaseHTTPRequestHandler) -> tuple[int, object]:
            seen.append((request.headers.get("Authorization", ""), request.path))
            return 404, {}

        with serving(note) as address:
            refusal(address)
        assert seen
        assert all(header == sent and value not in path for header, path in seen)

    def test_what_cannot_be_used(self, tmp_path: Path) -> None:
        """One sentence each, without the secret."""
        for environment, said in (
            ({"UNSPIN_OPENSEARCH_LOGIN": "secret"}, "holds no colon"),
            ({"UNSPIN_OPENSEARCH_LOGIN": "a:secret", "UNSPIN_OPENSEARCH_TOKEN": "secret"}, "both set"),
            ({"UNSPIN_OPENSEARCH_TOKEN_FILE": str(tmp_path / "none")}, "cannot be read"),
        ):
            with pytest.raises(ArchiveError, match=said) as caught:
                credentials(environment)
            assert "secret" not in str(caught.value)

    def test_they_are_not_shown(self) -> None:
        """Whoever prints them sees none."""
        assert "pw" not in repr(credentials({"UNSPIN_OPENSEARCH_LOGIN": "a:pw"}))


class TestAddresses:
    """opensearch://HOST:PORT,HOST:PORT/INDEX?shards=N."""

    def test_its_parts(self) -> None:
        """With defaults where nothing is said."""
        place = place_of("opensearch://localhost/wire-2026?shards=4&replicas=0&timeout=3")
        assert place.hosts == (("localhost", 9200),)
        assert (place.shards, place.replicas, place.timeout, place.encrypted) == (4, 0, 3, False)
        assert place_of("opensearchs://[::1]:9201,b/wire").hosts == (("[::1]", 9201), ("b", 9200))

    @pytest.mark.parametrize(
        "address",
        [
            "opensearch://",
            "opensearch:///wire",
            "opensearch://host",
            "opensearch://host/",
            "opensearch://host/Wire",
            "opensearch://host/_all",
            "opensearch://host/a,b",
            "opensearch://host/*",
            "opensearch://host/wire?shards=x",
            "opensearch://host/wire?shards=0",
            "opensearch://host/wire?other=1",
            "opensearch://host:x/wire",
            "opensearch://ho st/wire",
        ],
    )
    def test_what_is_none(self, address: str) -> None:
        """One sentence."""
        assert refusal(address)

    def test_no_password_in_it(self) -> None:
        """It would end up in logs; the sentence does not repeat it."""
        said = refusal("opensearch://desk:secret@host/wire")
        assert "holds no password" in said
        assert "secret" not in said
