"""Zip archives sent to the server: every file has its line."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXTS = Path(__file__).parents[3] / "seeds" / "texts"
ZIP = {"Content-Type": "application/zip"}
Serving = Callable[..., Any]


def zipped(**files: bytes) -> bytes:
    """Return a zip archive; ``__`` in a name stands for a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return made.getvalue()


@pytest.fixture(scope="module")
def pack() -> bytes:
    """An archive of two articles with a picture between them."""
    spun, human = (
        (TEXTS / name).read_bytes() for name in ("river-board-talks.spun-dictionary.txt", "river-board-talks.txt")
    )
    return zipped(a__txt=spun, b__txt=b"\x89PNG\r\n\x1a\n" + bytes(99), c__md=human)


def lines(answer: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - an answer; see conftest
    """The lines of an answer."""
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.body.splitlines()]


def test_every_file_has_its_line(api: Any, pack: bytes) -> None:  # noqa: ANN401 - a server; see conftest
    """In the order of the archive; the bad one is an error, and the verdict is that of the file alone."""
    rows = lines(api.ask("POST", "/v1/check/batch?source=desk.zip", pack, ZIP))
    assert [(row["line"], row["source"]) for row in rows] == [
        (1, "desk.zip!a.txt"), (2, "desk.zip!b.txt"), (3, "desk.zip!c.md"),
    ]  # fmt: skip
    assert [row.get("label") for row in rows] == ["spun", None, "clean"]
    assert rows[1]["schema"] == "unspin.error/1"
    alone = api.ask("POST", "/v1/check?source=desk.zip!a.txt", (TEXTS / "river-board-talks.spun-dictionary.txt").read_bytes(), {"Content-Type": "text/plain"})  # fmt: skip
    assert rows[0] == {"line": 1, **alone.json}


def test_the_page_gets_views(api: Any, pack: bytes) -> None:  # noqa: ANN401 - as above
    """Each with what the page shows of one article."""
    rows = lines(api.ask("POST", "/page/check/batch", pack, {"Content-Type": "application/octet-stream"}))
    assert [row["schema"] for row in rows] == ["unspin.view/1", "unspin.error/1", "unspin.view/1"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 damaged", "damaged"),
        (zipped(), "without an article"),
        (zipped(a__zip=zipped(b__txt=b"x")), "packed more than once"),
        (zipped(a__csv=b"text\nx"), "unspin audit"),
    ],
    ids=["damaged", "empty", "nested", "a list"],
)
def test_bad_archives(api: Any, data: bytes, said: str) -> None:  # noqa: ANN401 - as above
    """One line says what is wrong."""
    (row,) = lines(api.ask("POST", "/v1/check/batch", data, ZIP))
    assert said in row["error"]


def test_no_archive_at_all(api: Any) -> None:  # noqa: ANN401 - as above
    """A text under the name of a zip is one article, an empty body and one that is too large are problems."""
    (row,) = lines(api.ask("POST", "/v1/check/batch", b"Talks ended on Monday.", ZIP))
    assert row["label"] == "too_short"
    (empty,) = lines(api.ask("POST", "/v1/check/batch", b"", ZIP))
    assert "empty" in empty["error"]
    assert api.ask("POST", "/v1/check/batch", b"", {**ZIP, "Content-Length": "99000000"}).kind == "too-large"


def test_a_bomb_costs_its_line_only(api: Any) -> None:  # noqa: ANN401 - as above
    """30 MB of one letter are refused, and the next file is judged."""
    big, small = lines(api.ask("POST", "/v1/check/batch", zipped(a__txt=b"a" * 30_000_000, b__txt=b"Talks."), ZIP))
    assert "larger than 10 MB" in big["error"]
    assert small["label"] == "too_short"


def test_archives_count_as_batches(serving: Serving) -> None:
    """They wait for the same places."""
    server = serving()
    body = b'{"text": "sleep 3"}\n'
    from contextlib import ExitStack

    with ExitStack() as held:
        for _ in range(4):
            connection = held.enter_context(
                server.begin("/v1/check/batch", Content_Type="application/x-ndjson", Content_Length="1000")
            )
            connection.send(body)
        while server.ask("POST", "/v1/check/batch", zipped(a__txt=b"x"), ZIP).status != 429:
            pass
