"""Small parts of the server: frames, sessions, rates, files."""

import asyncio
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.web.frames import MOST_HEADER, pack, read, receive
from detector.web.page_files import place_of_file
from detector.web.rates import Rates, client_of
from detector.web.sessions import SECONDS, Sessions
from detector.web.settings import Settings, is_loopback


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Returns the time in seconds."""
        return self.now


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none()), st.binary(max_size=99))
def test_a_frame_comes_out_as_it_went_in(header: dict[str, object], body: bytes) -> None:
    """A frame survives packing and reading, blocking or not, and the next frame follows it."""
    data = pack(header, body)
    stream = io.BytesIO(data * 2)
    assert read(stream) == read(stream) == (header, body)
    assert read(stream) is None
    assert read(io.BytesIO(data[:-1])) is None

    async def arriving() -> None:
        source = asyncio.StreamReader()
        source.feed_data(data)
        source.feed_eof()
        assert await receive(source) == (header, body)
        with pytest.raises(EOFError):
            await receive(source)

    asyncio.run(arriving())


def test_what_is_no_frame_is_not_waited_for() -> None:
    """A header length over the limit is refused before the header is read."""

    async def arriving() -> None:
        source = asyncio.StreamReader()
        source.feed_data((MOST_HEADER + 1).to_bytes(4, "big") + bytes(4))
        with pytest.raises(ValueError, match="no message"):
            await receive(source)

    asyncio.run(arriving())


def test_a_session_ends_after_a_working_day_and_with_its_token() -> None:
    """The server stores no sessions: time and token decide."""
    clock = Clock()
    cookie = Sessions("0123456789abcdef", clock).issue()
    assert Sessions("0123456789abcdef", clock).holds(cookie)
    assert not Sessions("another-token-12", clock).holds(cookie)
    clock.now += SECONDS + 1
    assert not Sessions("0123456789abcdef", clock).holds(cookie)


@given(st.text(max_size=80))
def test_nobody_makes_up_a_session(cookie: str) -> None:
    """Only an issued cookie is a session."""
    assert not Sessions("0123456789abcdef").holds(cookie)
    assert not Sessions("0123456789abcdef").knows(cookie)


def test_a_client_gets_its_rate_and_no_more() -> None:
    """A client may send a burst, then requests at its rate. Other clients are not affected."""
    clock = Clock()
    rates = Rates(2.0, 3, clock=clock)
    assert [rates.wait("a") for _ in range(4)] == [0, 0, 0, 1]
    assert rates.wait("b") == 0
    clock.now += 0.5
    assert [rates.wait("a"), rates.wait("a")] == [0, 1]
    clock.now += 1_000
    assert [rates.wait("a") for _ in range(4)] == [0, 0, 0, 1]


def test_clients_are_remembered_within_bounds() -> None:
    """The least recently seen client is forgotten and starts with a full burst again."""
    rates = Rates(0.001, 1, remembered=2, clock=Clock())
    assert [rates.wait(client) for client in ("a", "b", "a", "c", "a", "b")] == [0, 0, 1000, 0, 1000, 0]


@given(st.ip_addresses())
def test_a_client_is_an_address_or_its_network(address: object) -> None:
    """Every address belongs to a client, however it is written."""
    assert client_of(str(address))


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/page_files.py",
        "/page",
        "/page/",
        "page/index.html",
        "/page/a\0.css",
        "/page/%2e%2e/x.css",
        "/page/nothing.css",
        "//index.html",
    ],
)
def test_only_files_of_the_page_are_sent(path: str) -> None:
    """Files above the folder, Python files and missing files are not sent."""
    assert place_of_file(path) is None


@given(st.text(max_size=40))
def test_no_address_leads_out_of_the_pages_folder(path: str) -> None:
    """No generated address gives a file outside the folder."""
    place = place_of_file("/page/" + path)
    assert place is None or "page" in place.parent.parts


@pytest.mark.parametrize(("change", "known"), [
    (dict[str, object](), {"localhost", "127.0.0.1", "[::1]"}),
    ({"host": "::1"}, {"localhost", "127.0.0.1", "[::1]"}),
    ({"host": "192.0.2.1", "token": "0123456789abcdef"}, {"192.0.2.1"}),
    ({"host": "0.0.0.0", "token": "0123456789abcdef", "names": ("N.example",)}, {"0.0.0.0", "n.example"}),  # noqa: S104
])  # fmt: skip
def test_a_server_answers_to_its_own_names(change: dict[str, object], known: set[str]) -> None:
    """Loopback names are accepted only if the server listens on a loopback address."""
    make: Callable[..., Settings] = Settings
    assert make(**change).hosts == known


@given(st.ip_addresses())
def test_only_loopback_is_loopback(address: object) -> None:
    """The result matches the standard library's for every address."""
    assert is_loopback(str(address)) == getattr(address, "is_loopback")  # noqa: B009 - of either version
