"""Fetching: what is allowed, what is refused, and that nothing lasts longer or grows larger than it may."""

import gzip
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest

from detector.fetch import FetchError, FetchLimits, PoliteFetcher, fetch, is_address
from detector.fetch.addresses import Target, addresses_of, is_public, target_of
from detector.fetch.connection import Connection, Deadline
from detector.read import decode

Site = Any  # the class of the fixture stands in conftest.py
HOME = FetchLimits(allow_private=True, connect_seconds=5, total_seconds=20)
PAGE = "<!doctype html><p>The council voted on Tuesday to close two libraries in the old town.</p>"


def refusal(url: str, limits: FetchLimits = HOME) -> FetchError:
    """The error with which an address is refused: one sentence."""
    with pytest.raises(FetchError) as refused:
        fetch(url, limits)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return refused.value


class TestAddresses:
    """Only addresses of the open web, spelled in one way."""

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
            "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1",
            "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
            "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1%eth0", "64:ff9b:1::1",
        ],
    )  # fmt: skip
    def test_private_ones(self, address: str) -> None:
        """Loopback, private, link-local, shared, reserved and documentation addresses, also wrapped in IPv6."""
        assert not is_public(address)

    @pytest.mark.parametrize(
        "address", ["8.8.8.8", "93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
    )
    def test_public_ones(self, address: str) -> None:
        """Addresses of the internet, also where a network translates them."""
        assert is_public(address)

    @pytest.mark.parametrize(
        ("url", "problem"),
        [
            ("ftp://example.org/a", "only http:// and https://"),
            ("file:///etc/passwd", "only http:// and https://"),
            ("https://", "no valid address"),
            ("http://[::1", "no valid address"),
            ("http://a:99999/", "no valid address"),
            ("http://a b/", "no valid address"),
            ("http://a%00.example/", "no valid address"),
            ("http://user:secret@example.org/", "user name or password"),
            ("http://example.org\\@127.0.0.1/", "user name or password"),
            ("http://" + "a" * 5000, "longer than"),
            ("http://" + "ü" * 80 + ".example/", "name of the host"),
        ],
    )
    def test_what_is_no_address(self, url: str, problem: str) -> None:
        """Other schemes, broken addresses and passwords are refused before anything is looked up."""
        error = refusal(url)
        assert problem in str(error)
        assert "secret" not in str(error)

    @pytest.mark.parametrize(
        ("url", "plain"),
        [
            ("HTTP://Example.org", "http://example.org/"),
            ("https://example.org:443/a b#c", "https://example.org/a%20b"),
            ("http://example.org:8080/ü?q=ä", "http://example.org:8080/%C3%BC?q=%C3%A4"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
            ("http://[2001:db8::1]:81/", "http://[2001:db8::1]:81/"),
            (" http://example.org/a%2Fb\r\n", "http://example.org/a%2Fb"),
        ],
    )
    def test_plain_form(self, url: str, plain: str) -> None:
        """Hosts in ASCII, paths quoted once, no fragment."""
        assert target_of(url).url == plain

    def test_which_texts_are_addresses(self) -> None:
        """Files are not taken for addresses."""
        assert is_address("HTTPS://x")
        assert not is_address("http.txt")

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
    def test_own_network_is_not_reached(self, site: Site, host: str) -> None:
        """Whatever the spelling, nothing is asked of this machine unless it is allowed."""
        site.put("/", PAGE)
        url = f"http://{host}:{site.port}/"
        try:
            socket.getaddrinfo(host.strip("[]"), site.port)
        except OSError:
            pytest.skip("the system does not know this spelling")
        assert "own network" in str(refusal(url, replace(HOME, allow_private=False)))
        assert site.asked == []

    def test_only_public_ones_of_a_host(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a name has both public and private addresses the private ones are never used."""
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("10.0.0.1", "8.8.8.8", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
        assert addresses_of(target_of("http://a.example/"), allow_private=False, seconds=5) == ["8.8.8.8"]

    def test_a_name_that_changes(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """The connection goes to the address that was checked; the name is not looked up again (rebinding)."""
        site.put("/", PAGE)
        lookups = []
        real = socket.getaddrinfo

        def lookup(host: str, *arguments: Site, **more: Site) -> Site:
            if host == "rebound.example":
                lookups.append(host)
                return real("127.0.0.1" if len(lookups) == 1 else "127.0.0.9", *arguments, **more)
            return real(host, *arguments, **more)

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        assert fetch(f"http://rebound.example:{site.port}/", HOME).data == PAGE.encode()
        assert lookups == ["rebound.example"]

    def test_a_name_server_that_is_silent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A look-up that hangs is left behind."""
        release = Event()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [] if release.wait(30) else None)
        error = refusal("http://a.example/", replace(HOME, connect_seconds=0.05))
        release.set()
        assert "name server" in str(error)
        assert error.silent


class TestAnswers:
    """What comes back, and what does not."""

    def test_a_page(self, site: Site) -> None:
        """The body with its address, content type and charset; the question carries no cookie and no referrer."""
        headers: dict[str, str] = {}

        def answer(handler: BaseHTTPRequestHandler) -> None:
            headers.update(handler.headers)
            handler.send_response(200)
            handler.send_header("Content-Type", "text/plain; charset=ISO-8859-1")
            handler.send_header("Set-Cookie", "a=b")
            handler.end_headers()
            handler.wfile.write("Café opened.".encode("latin-1"))

        site.pages["/a"] = answer
        fetched = fetch(site.url("/a"), HOME)
        assert (fetched.url, fetched.content_type, fetched.charset) == (
            site.url("/a"), "text/plain; charset=ISO-8859-1", "iso-8859-1",
        )  # fmt: skip
        assert decode(fetched.data, name=fetched.url, content_type=fetched.content_type).text == "Café opened."
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Connection"}
        assert headers["User-Agent"].startswith("unspin")

    def test_packed_answers(self, site: Site) -> None:
        """Gzip is unpacked, inside the limit on bytes."""
        bomb = gzip.compress(bytes(50_000_000))
        site.pages["/a"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE.encode()))
        site.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, bomb)
        site.pages["/half"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE.encode())[:-9])
        halves = [gzip.compress(part.encode()) for part in (PAGE[:20], PAGE[20:])]
        site.pages["/members"] = (200, {"Content-Encoding": "gzip"}, b"".join(halves))
        site.pages["/members-half"] = (200, {"Content-Encoding": "gzip"}, b"".join(halves)[:-9])
        site.pages["/padded"] = (200, {"Content-Encoding": "gzip"}, halves[0] + halves[1] + b"\0" * 512)
        site.pages["/bombs"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(400_000)) * 4)
        site.pages["/noise"] = (200, {"Content-Encoding": "gzip"}, b"no gzip at all")
        site.pages["/other"] = (200, {"Content-Encoding": "br"}, b"x")
        for name in ("/a", "/members", "/padded"):
            assert fetch(site.url(name), HOME).data == PAGE.encode()
        assert "broke off" in str(refusal(site.url("/members-half")))
        assert "larger than 1 MB" in str(refusal(site.url("/bombs"), replace(HOME, most_bytes=1_000_000)))
        assert "larger than 1 MB" in str(refusal(site.url("/bomb"), replace(HOME, most_bytes=1_000_000)))
        assert "broke off" in str(refusal(site.url("/half")))
        assert "damaged" in str(refusal(site.url("/noise")))
        assert "packing" in str(refusal(site.url("/other")))

    def test_large_answers(self, site: Site) -> None:
        """An endless answer is given up at the limit, whatever length it announced."""

        def endless(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            while True:
                handler.wfile.write(b"x" * 100_000)

        site.pages["/endless"] = endless
        assert "larger than" in str(refusal(site.url("/endless"), replace(HOME, most_bytes=500_000)))

    @pytest.mark.parametrize(("status", "word"), [(404, "404 Not Found"), (403, "403"), (500, "500"), (599, "599")])
    def test_other_answers(self, site: Site, status: int, word: str) -> None:
        """What is no success is an error with its number."""
        site.pages["/a"] = (status, {}, b"sorry")
        error = refusal(site.url("/a"))
        assert word in str(error)
        assert error.status == status

    def test_answers_that_break_off(self, site: Site) -> None:
        """Fewer bytes than announced are no page."""
        site.pages["/a"] = (200, {"Content-Length": "1000"}, b"short")
        assert "broke off" in str(refusal(site.url("/a")))

    def test_no_http(self, site: Site) -> None:
        """Another protocol is told from a page."""
        site.pages["/a"] = lambda handler: handler.wfile.write(b"220 mail.example ESMTP\r\n")
        assert "no HTTP" in str(refusal(site.url("/a")))

    def test_nobody_listens(self) -> None:
        """A closed port is one sentence."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert "cannot be reached" in str(refusal(f"http://127.0.0.1:{port}/"))

    def test_https_needs_a_certificate(self, site: Site) -> None:
        """A server without TLS behind https is refused, not asked again without."""
        assert "cannot be reached" in str(refusal(site.url("/").replace("http:", "https:")))
        assert site.asked == []


class TestTime:
    """No server can hold a fetch up."""

    @pytest.mark.parametrize("part", ["headers", "body", "nothing"])
    def test_one_byte_at_a_time(self, site: Site, part: str) -> None:
        """A server that drips its answer is cut off at the total time."""
        over = Event()

        def drip(handler: BaseHTTPRequestHandler) -> None:
            text = b"HTTP/1.1 200 OK\r\nX-Slow: " if part == "headers" else b"HTTP/1.1 200 OK\r\n\r\n"
            if part != "nothing":
                handler.wfile.write(text)
            for _ in range(1000):
                if over.wait(0.05):
                    return
                if part != "nothing":
                    handler.wfile.write(b"x")

        site.pages["/a"] = drip
        began = time.monotonic()
        error = refusal(site.url("/a"), replace(HOME, total_seconds=0.5))
        over.set()
        assert "in time" in str(error)
        assert error.silent
        assert time.monotonic() - began < 15  # not the minute that the server would take

    def test_a_deadline_has_an_end(self) -> None:
        """No time left is an error and not an endless wait."""
        with pytest.raises(TimeoutError):
            Deadline(-1).left()
        assert Deadline(100).left(2) == 2

    def test_no_address_to_connect_to(self) -> None:
        """A connection without addresses fails."""
        with pytest.raises(OSError, match=r"^$"):
            Connection(Target("http", "a.example", 80, "/"), [], Deadline(5), 5).connect()

    def test_the_second_address(self, site: Site) -> None:
        """Where the first address of a host refuses, the next one is tried."""
        with Connection(target_of(site.url("/")), ["127.0.0.9", "127.0.0.1"], Deadline(10), 5) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().status == 404


class TestRedirects:
    """Followed, each checked anew."""

    def test_followed(self, site: Site) -> None:
        """The answer says where it came from in the end."""
        site.put("/c", PAGE)
        site.move("/b", "c", 301)
        fetched = fetch(site.move("/a", site.url("/b")), HOME)
        assert (fetched.url, fetched.data) == (site.url("/c"), PAGE.encode())

    def test_a_loop(self, site: Site) -> None:
        """A circle of redirects ends."""
        site.move("/b", "/a")
        assert "redirects more than 5 times" in str(refusal(site.move("/a", "/b")))
        assert len(site.asked) == 6

    @pytest.mark.parametrize(
        ("location", "problem"),
        [
            ("file:///etc/passwd", "only http"),
            ("http://user:pass@127.0.0.1/", "password"),
            ("http://[::1", "no valid address"),
            ("gopher://x", "only http"),
        ],
    )
    def test_out_of_the_web(self, site: Site, location: str, problem: str) -> None:
        """A redirect leads nowhere that a person could not have named."""
        assert problem in str(refusal(site.move("/a", location)))

    def test_into_the_own_network(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """A public page that redirects to a private address is not followed."""
        monkeypatch.setattr("detector.fetch.addresses.is_public", lambda address: address == "127.0.0.1")
        site.move("/a", "http://169.254.169.254/latest/meta-data/")
        assert "own network" in str(refusal(site.url("/a"), replace(HOME, allow_private=False)))


@pytest.fixture
def polite() -> Callable[..., PoliteFetcher]:
    """A fetcher that may ask this machine."""

    def make(delay: float = 0.0, *, robots: bool = True) -> PoliteFetcher:
        return PoliteFetcher(HOME, delay_seconds=delay, robots=robots)

    return make


class TestPoliteness:
    """Many fetches: robots.txt, pauses, and hosts that are left alone."""

    def test_robots(self, site: Site, polite: Callable[..., PoliteFetcher]) -> None:
        """robots.txt is asked for once and obeyed."""
        site.put("/robots.txt", "User-agent: *\nDisallow: /private/\nAllow: /private/open", "text/plain")
        for path in ("/a", "/private/b", "/private/open"):
            site.put(path, PAGE)
        fetcher = polite()
        assert fetcher.fetch(site.url("/a")).data
        assert fetcher.fetch(site.url("/private/open")).data
        with pytest.raises(FetchError, match=r"robots\.txt says so"):
            fetcher.fetch(site.url("/private/b"))
        assert site.asked == ["/robots.txt", "/a", "/private/open"]

    def test_robots_for_us(self, site: Site, polite: Callable[..., PoliteFetcher]) -> None:
        """Rules for our own name count before those for everybody, and too long a delay means no."""
        site.put("/robots.txt", "User-agent: *\nDisallow:\n\nUser-agent: unspin\nCrawl-delay: 3600", "text/plain")
        with pytest.raises(FetchError, match=r"robots\.txt says so"):
            polite().fetch(site.put("/a", PAGE))

    def test_no_robots_file(self, site: Site, polite: Callable[..., PoliteFetcher]) -> None:
        """A host without robots.txt allows all; with an error in its place, nothing (RFC 9309)."""
        assert polite().fetch(site.put("/a", PAGE)).data
        site.pages["/robots.txt"] = (500, {}, b"")
        fetcher = polite()
        for _ in range(2):
            with pytest.raises(FetchError, match=r"robots\.txt could not be read"):
                fetcher.fetch(site.url("/a"))
        assert site.asked.count("/robots.txt") == 2
        assert polite(robots=False).fetch(site.url("/a")).data

    def test_delay(
        self,
        site: Site,
        polite: Callable[..., PoliteFetcher],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Between two requests to a host there is the delay, or the longer one that it asks for."""
        pauses: list[float] = []
        monkeypatch.setattr(time, "sleep", pauses.append)
        site.put("/robots.txt", "User-agent: *\nCrawl-delay: 30", "text/plain")
        fetcher = polite(7.0)
        for _ in range(2):
            fetcher.fetch(site.put("/a", PAGE))
        assert [round(pause) for pause in pauses] == [7, 30]

    def test_a_pause_is_kept(self, site: Site, polite: Callable[..., PoliteFetcher]) -> None:
        """A host that says "too many" is not asked again before its time."""
        site.pages["/a"] = (429, {"Retry-After": "3600"}, b"")
        site.put("/b", PAGE)
        fetcher = polite(robots=False)
        with pytest.raises(FetchError, match="429"):
            fetcher.fetch(site.url("/a"))
        with pytest.raises(FetchError, match="asked for a pause of 3"):
            fetcher.fetch(site.url("/b"))
        assert site.asked == ["/a"]

    def test_a_silent_host_is_left_alone(self, polite: Callable[..., PoliteFetcher]) -> None:
        """After three silences in a row a host costs no more time."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        fetcher = polite()
        for _ in range(3):
            with pytest.raises(FetchError, match="cannot be reached"):
                fetcher.fetch(f"http://127.0.0.1:{port}/a")
        with pytest.raises(FetchError, match="3 times in a row"):
            fetcher.fetch(f"http://127.0.0.1:{port}/b")

    def test_redirects_to_another_host(self, site: Site, polite: Callable[..., PoliteFetcher]) -> None:
        """The rules of a host hold also for those who are sent there."""
        site.put("/robots.txt", "User-agent: *\nDisallow: /private", "text/plain")
        with pytest.raises(FetchError, match=r"robots\.txt says so"):
            polite().fetch(site.move("/a", "/private"))
        assert "/private" not in site.asked
