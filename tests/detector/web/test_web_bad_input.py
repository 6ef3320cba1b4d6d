"""Any input gets a verdict or a problem that states what is wrong, never a fault or a stuck server."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from packed_files import zipped

from detector.web.problems import TITLES
from detector.web.server import Protocol

Server = Any
Serving = Callable[..., Server]
"""Starts a server; see conftest."""

JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}


def raw(server: Server, data: bytes, *, half_close: bool = False) -> bytes:
    """Send raw bytes and read until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(data)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        got = b""
        while chunk := connection.recv(65_536):
            got += chunk
        return got


def multipart(data: bytes, name: str = "story.docx", field: str = "file") -> tuple[bytes, dict[str, str]]:
    """Returns a form with one file, and its header."""
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
    return head + data + b"\r\n--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u00ad"])
def test_an_empty_article_is_refused(api: Server, text: str) -> None:
    """An empty article is refused as JSON, as text and as a file."""
    assert api.post("/v1/check", {"text": text}).kind == "unreadable-article"
    assert api.ask("POST", "/v1/check", text.encode(), TEXT).kind == "unreadable-article"
    assert api.ask("POST", "/v1/check", *multipart(text.encode(), "story.txt")).kind == "unreadable-article"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"text"', b"5", b'{"text": NaN}', b'{"text": "a", "text": "b"}', b'{"text": 5}',
     b'{"text": null}', b"{}", b'{"txt": "a"}', b'{"text": "a", "url": "b"}', b'{"text": "a", "source": 5}', b"\xff\xfe{",
     b"[" * 100_000, b'{"text": "a"} x', b"1" * 10_000, b"text=a"],
)  # fmt: skip
def test_json_that_is_none_or_another_shape_is_refused(plain: Server, body: bytes) -> None:
    """The answer says what is expected."""
    answer = plain.ask("POST", "/v1/check", body, JSON)
    assert answer.kind == "bad-request"
    assert answer.json["detail"].endswith((".", "}"))


@pytest.mark.parametrize("kind", ["", "video/mp4", "image/png", "text/html2", "json", "application/x-ndjson"])
def test_another_content_type_is_refused(plain: Server, kind: str) -> None:
    """The answer is 415 and names the supported types."""
    answer = plain.ask("POST", "/v1/check", b"x", {"Content-Type": kind} if kind else {})
    assert answer.kind == "unsupported-type"
    assert "application/json" in answer.json["detail"]
    assert plain.ask("POST", "/v1/check/batch", b"x", {"Content-Type": kind.replace("x-ndjson", "json")}).status == 415


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n....", b"{\\rtf1}", bytes(range(256)) * 9, b"PK\x03\x04"]
)
def test_a_file_of_another_kind_is_told_by_its_content(api: Server, data: bytes) -> None:
    """The content decides, not the name or type. The page gets the same message."""
    for answer in (
        api.ask("POST", "/v1/check", data, TEXT),
        api.ask("POST", "/v1/check", *multipart(data)),
        api.ask("POST", "/page/check", data, {"Content-Type": "application/pdf"}),
    ):
        assert answer.kind == "unreadable-article"
        assert answer.json["detail"].endswith(".")


def test_an_article_that_is_too_long_is_refused(serving: Serving, api: Server) -> None:
    """Too many bytes are refused before reading, however they are sent, and too many words after reading."""
    small = serving(most_bytes=10_000)
    long = "x" * 100_000
    assert small.post("/v1/check", {"text": long}).kind == "too-large"
    assert small.post("/v1/check", {"text": "x" * 10_001}).kind == "too-large"
    assert small.ask("POST", "/v1/check", iter([long.encode()] * 3), TEXT).kind == "too-large"
    assert small.ask("POST", "/v1/check", *multipart(b"x" * 10_001)).kind == "too-large"
    assert small.post("/v1/check", {"text": "x" * 10_000}).status == 200
    answer = api.post("/v1/check", {"text": "The talks ended. " * 12_000})
    assert answer.kind == "unreadable-article"
    assert "30,000" in answer.json["detail"]


def test_a_zip_bomb_is_refused(api: Server) -> None:
    """A .docx that unpacks to far too much text is refused, and nested archives are not opened."""
    name = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
    bomb = zipped({"word/document.xml": name + b"a" * 40_000_000})
    assert len(bomb) < 100_000
    assert api.ask("POST", "/v1/check", *multipart(bomb)).kind == "unreadable-article"
    nested = zipped({"word/document.xml": zipped({"0.zip": bomb})})
    assert api.ask("POST", "/v1/check", *multipart(nested)).kind == "unreadable-article"
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    assert (
        api.ask("POST", "/v1/check", *multipart(zipped({"word/document.xml": entities}))).kind == "unreadable-article"
    )


def test_scripts_in_a_page_are_not_read(api: Server) -> None:
    """The text holds no part of a script."""
    page = "<!doctype html><article><p>The talks ended on Monday.</p><script>alert('stolen')</script><p onclick=x>They did.</p>"
    answer = api.ask("POST", "/v1/check?include=text", page.encode(), {"Content-Type": "text/html"})
    assert answer.status == 200
    assert "stolen" not in answer.json["text"]
    assert "The talks ended" in answer.json["text"]


def test_ten_megabytes_of_emoji_are_answered(api: Server) -> None:
    """A text of the largest size gets an answer, and the server continues."""
    answer = api.ask("POST", "/v1/check", ("🔥" * 2_500_000).encode(), TEXT)
    assert answer.status == 200 or answer.kind in {"unreadable-article", "time-limit"}
    escaped = b'{"text": "' + rb"\ud83d\udd25" * 1_000_000 + b'"}'
    assert api.ask("POST", "/v1/check", escaped, JSON).kind == "too-large"
    assert api.ask("GET", "/readyz").status == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\n\r\n--b--", "multipart/form-data; boundary=b"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"garbage", "multipart/form-data; boundary=b"),
        (multipart(b"x", field="other")[0], "multipart/form-data; boundary=b"),
        (multipart(b"x")[0].replace(b"--b--", b"") + multipart(b"x")[0], "multipart/form-data; boundary=b"),
        (b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n' * 9 + b"--b--", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data; boundary=" + "b" * 500),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(plain: Server, body: bytes, kind: str) -> None:
    """Broken and empty forms, and forms with other fields or several files, are refused."""
    assert plain.ask("POST", "/v1/check", body, {"Content-Type": kind}).kind == "bad-request"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello",
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting \r\n\r\n",
        b"\r\n" * 5 + b"quatsch\r\n\r\n",
    ],
)
def test_what_is_no_http_is_answered_by_a_problem(plain: Server, request_bytes: bytes) -> None:
    """Invalid HTTP, with missing or repeated headers too, gets status 400, and the server continues."""
    head, _, body = raw(plain, request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["type"] == "urn:unspin:problem:bad-request"
    assert plain.ask("GET", "/healthz").status == 200


def test_a_head_without_end_is_not_kept(plain: Server) -> None:
    """A head of more than about 32 KB is refused before its end."""
    with socket.create_connection(("127.0.0.1", plain.port), timeout=20) as connection:
        with suppress(ConnectionError):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
            for _ in range(2_000):
                connection.sendall(b"x" * 10_000)
        with suppress(ConnectionError):
            assert connection.recv(12) in {b"HTTP/1.1 400", b""}
    assert plain.ask("GET", "/healthz").status == 200


def test_a_length_and_chunks_at_once_cannot_smuggle_a_request(plain: Server) -> None:
    """What a proxy may see as one request gets at most one answer."""
    smuggled = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    got = raw(plain, head % len(smuggled) + smuggled, half_close=True)
    assert got.count(b"HTTP/1.1 ") <= 1
    assert b'"status": "up"' not in got


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("method", [b"POST /v1/check", b"GET /healthz"])
def test_a_length_and_chunks_at_once_are_refused(plain: Server, method: bytes, order: int) -> None:
    """The connection is closed, so that nothing after the request is answered."""
    headers = [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"]
    head = (
        method + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n" + headers[order] + headers[1 - order]
    )
    got = raw(plain, head + b"\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in got.lower()


def test_a_slow_upload_is_ended(serving: Serving) -> None:
    """A client that sends a byte now and then cannot hold a place for ever."""
    server = serving(body_seconds=0.4)
    with server.begin("/v1/check", Content_Type="text/plain", Content_Length="1000") as connection:
        for _ in range(3):
            connection.send(b"x")
            time.sleep(0.05)
        answer = connection.getresponse()
        assert answer.status == 408
        assert json.loads(answer.read())["type"] == "urn:unspin:problem:too-slow"
    assert server.post("/v1/check", {"text": "Talks."}).status == 200


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: local"])
def test_a_request_whose_head_never_ends_is_cut_off(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    """It may be the first request of its connection or a later one."""
    monkeypatch.setattr(Protocol, "head_seconds", 0.3)
    server = serving()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(beginning)
        assert connection.recv(100) == b""
    if beginning:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
            connection.sendall(beginning)
            got = b"x"
            while got:
                got = connection.recv(10_000)


def test_a_connection_that_is_half_closed_holds_no_place(serving: Serving) -> None:
    """A half-closed client counts as gone: its work is dropped and the next client is served."""
    server = serving(pool={"abandoned_seconds": 0.1})
    body = b'{"text": "sleep 30"}'
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    raw(server, head % len(body) + body, half_close=True)
    raw(server, head % 1000 + body, half_close=True)
    assert server.post("/v1/check", {"text": "Talks."}).status == 200
    assert server.metric('unspin_requests_total{method="POST",route="/v1/check",status="499"}') >= 1


def test_who_leaves_frees_the_worker(serving: Serving) -> None:
    """A closed browser does not keep a worker busy."""
    server = serving(pool={"abandoned_seconds": 0.1})
    connection = server.connect()
    connection.request("POST", "/v1/check", b'{"text": "sleep 30"}', JSON)
    while server.metric("unspin_workers_busy") == 0:
        time.sleep(0.01)
    connection.close()
    assert server.post("/v1/check", {"text": "Talks."}).status == 200
    assert server.metric('unspin_workers_replaced_total{reason="abandoned"}') == 1


def test_an_article_that_takes_too_long_is_a_problem(serving: Serving) -> None:
    """The answer names the time limit, and the server continues."""
    server = serving(pool={"seconds": 0.3})
    assert server.post("/v1/check", {"text": "sleep 30"}).kind == "time-limit"
    while (answer := server.post("/v1/check", {"text": "Talks."})).status == 429:
        assert answer.headers["retry-after"]  # the worker is being replaced
    assert answer.status == 200


def test_a_worker_that_dies_is_our_fault(plain: Server) -> None:
    """The answer is 500, and another worker checks the next article."""
    assert plain.post("/v1/check", {"text": "die"}).kind == "fault"
    assert plain.post("/v1/check", {"text": "fault"}).kind == "fault"
    assert plain.post("/v1/check", {"text": "Talks."}).status == 200


def test_a_thousand_uploads_at_once_are_checked_or_told_to_come_again(serving: Serving) -> None:
    """Each gets 200, or 429 with Retry-After. Afterwards the server is as before."""
    server = serving(pool={"waiting": 8})
    body = json.dumps({"text": "Talks ended. " * 300}).encode()
    head = (
        "POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )

    async def upload() -> bytes:
        source, target = await asyncio.open_connection("127.0.0.1", server.port)
        target.write(head.encode() + body)
        await target.drain()
        answer = await source.read()
        target.close()
        await target.wait_closed()
        return answer

    async def upload_all() -> list[bytes]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(upload() for _ in range(1_000)))

    answers = asyncio.run(upload_all())
    statuses = [int(answer.split(b" ", 2)[1]) for answer in answers]
    assert set(statuses) <= {200, 429}
    assert 200 in statuses
    assert all(b"retry-after:" in answer for answer, status in zip(answers, statuses, strict=True) if status == 429)
    assert server.post("/v1/check", {"text": "Talks."}).status == 200


def test_uploads_share_a_bounded_memory(serving: Serving) -> None:
    """Above the limit, uploads are refused for now; finished uploads free their memory."""
    server = serving(buffered_bytes=100_000)
    with server.begin("/v1/check", Content_Type="text/plain", Content_Length="90000") as connection:
        connection.send(b"x" * 80_000)
        while (answer := server.ask("POST", "/v1/check", b"x" * 40_000, TEXT)).status == 200:
            time.sleep(0.01)  # until the first upload has arrived
        assert answer.kind == "busy"
        assert answer.headers["retry-after"]
        connection.send(b"x" * 10_000)
        assert connection.getresponse().status == 200
    assert server.ask("POST", "/v1/check", b"x" * 90_000, TEXT).status == 200


def test_names_are_cut_and_never_steer(api: Server) -> None:
    """A name of any length and any characters is treated as a name only."""
    name = "../../etc/\u202epasswd\x1b[31m<script>" + "x" * 10_000
    answer = api.post("/v1/check", {"text": "Talks ended.", "source": name})
    assert answer.json["source"] == name[:500]
    assert api.ask("POST", "/v1/check?include=html", "x", TEXT).kind == "bad-request"


def test_every_problem_has_its_status(plain: Server) -> None:
    """Every problem has a stable type, and every error answer is a problem."""
    answer = plain.ask("GET", "/nothing")
    assert answer.json.keys() == {"type", "title", "status", "detail", "instance"}
    assert answer.json["instance"].endswith(answer.headers["x-request-id"])
    assert all(400 <= status < 600 for status, _ in TITLES.values())


class TestAddresses:
    """Articles at an address that a user gives."""

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1/", "http://[::1]:80/", "http://169.254.169.254/latest", "file:///etc/passwd", "ftp://x/",
                "http://localhost:1/", "http://10.0.0.1/", "", "x", "http://user:pass@example.org/", "http://2130706433/"]
    )  # fmt: skip
    def test_an_address_inside_is_not_fetched(self, plain: Server, url: str) -> None:
        """Internal addresses and other schemes are not fetched."""
        assert plain.post("/v1/check", {"url": url}).kind == "unfetched"

    def test_a_page_is_fetched_and_read(self, api: Server, spun: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A page is read in its own encoding, and its source is its address."""
        from detector import fetch

        page = f"<!doctype html><meta charset=utf-8><article><p>{spun}</p></article>".encode()

        def fetched(url: str, limits: fetch.FetchLimits) -> fetch.Fetched:
            assert not limits.allow_private
            return fetch.Fetched(url, page, "text/html", "utf-8")

        monkeypatch.setattr(fetch, "fetch", fetched)
        answer = api.post("/v1/check", {"url": "https://news.example.org/1"})
        assert (answer.json["label"], answer.json["source"]) == ("spun", "https://news.example.org/1")

    def test_fetching_can_be_turned_off(self, serving: Serving) -> None:
        """With fetching turned off, addresses are refused."""
        assert serving(fetch=False).post("/v1/check", {"url": "https://news.example.org/1"}).kind == "not-here"
