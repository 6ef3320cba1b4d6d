"""The page's view of an audit store."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detector.audit import audit
from detector.errors import UnspinError
from detector.web import feed


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store of a spun story, its original, a text that is too short and an unreadable one."""
    folder = tmp_path_factory.mktemp("store")
    texts = Path(feed.__file__).parents[2] / "seeds" / "texts"
    rows = [
        {
            "text": (texts / "river-board-talks.spun-dictionary.txt").read_text("utf-8"),
            "outlet": "Spinner",
            "title": "Spun",
        },
        {"text": (texts / "river-board-talks.txt").read_text("utf-8"), "outlet": "Wire", "title": "Wire story"},
        {"text": "Too short.", "outlet": "Wire", "url": "javascript:alert(1)"},
        {"text": "", "outlet": "Wire"},
    ]
    lines = folder / "feed.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = folder / "audit.sqlite"
    assert len(list(audit([str(lines)], store=path, grammar="none", reader="never", jobs=1))) == 4
    return path


def plain(body: bytes) -> dict[str, Any]:
    """The answer as plain values."""
    answer: dict[str, Any] = json.loads(body)
    assert answer["schema"] == "unspin.feed/1"
    return answer


def test_overview(store: Path) -> None:
    """Outlets have numbers and intervals, and few stories give a warning."""
    found = plain(feed.overview(store))
    outlets = {outlet["name"]: outlet for outlet in found["outlets"]}
    assert outlets["Spinner"]["spun"] == 1
    assert outlets["Wire"]["spun"] == 0
    assert outlets["Spinner"]["low"] < 1.0
    assert "wrongly flagged as spun" in found["caution"]
    assert found["labels"]["too_short"] == 1
    assert found["labels"]["failed"] == 1


def test_articles(store: Path) -> None:
    """Articles come in order of probability and can be filtered by outlet and label."""
    listed = plain(feed.articles(store))
    assert listed["total"] == 4
    assert listed["more"] is False
    assert listed["articles"][0]["title"] == "Spun"
    (wire,) = plain(feed.articles(store, outlet="wire", label="clean"))["articles"]
    assert wire["title"] == "Wire story"
    (failed,) = plain(feed.articles(store, label="failed"))["articles"]
    assert failed["label_words"] == "Not judged"
    assert failed["error"]
    assert plain(feed.articles(store, offset=3))["articles"][0]["id"]
    assert plain(feed.articles(store, offset=99))["articles"] == []


def test_article(store: Path) -> None:
    """An article has its marks, no text unless the store keeps texts, and never a script as its address."""
    (spun,) = plain(feed.articles(store, label="spun"))["articles"]
    found = plain(feed.article(store, spun["id"]))
    assert found["wordings"][0]["weight"] > 0.5
    assert found["text"] == ""
    (short,) = plain(feed.articles(store, label="too_short"))["articles"]
    assert plain(feed.article(store, short["id"]))["url"] == ""


def test_bad_requests(store: Path, tmp_path: Path) -> None:
    """An unknown label, date or article, or a file that is not a store, gives one sentence."""
    asks: tuple[Callable[[], bytes], ...] = (
        lambda: feed.articles(store, label="guilty"),
        lambda: feed.overview(store, since="yesterday"),
        lambda: feed.article(store, 10**6),
        lambda: feed.overview(tmp_path / "none.sqlite"),
    )
    for ask in asks:
        with pytest.raises(UnspinError):
            ask()
