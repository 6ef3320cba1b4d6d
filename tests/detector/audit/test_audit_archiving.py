"""An audit store as a source of an archive."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from audit_fakes import FakeMaker

from detector.archive import ArchivedStory
from detector.audit import audit
from detector.audit.archiving import Filling, fill


class Kept:
    """An archive that keeps a list."""

    def __init__(self) -> None:
        self.stories: list[ArchivedStory] = []

    def add(self, stories: Iterable[ArchivedStory]) -> int:
        """Keep them."""
        self.stories += stories
        return len(self.stories)


@pytest.mark.parametrize("keep_text", [True, False])
def test_an_audit_store_with_texts(tmp_path: Path, keep_text: bool) -> None:
    """Its articles are stories; where it has no texts, one error says so, and the other sources are read."""
    feed, more, store = tmp_path / "feed.jsonl", tmp_path / "more.txt", tmp_path / "audit.sqlite"
    rows = [
        {
            "text": f"A clean story about ferry {number}.",
            "outlet": "Post",
            "date": "2026-01-02",
            "title": "Ferry",
            "url": f"https://post.example/{number}",
        }
        for number in range(3)
    ]
    feed.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"text": "A FAULT in it."}]), encoding="utf-8")
    more.write_text("A story in a file of its own.", encoding="utf-8")
    list(audit([str(feed)], store=store, keep_text=keep_text, checker=FakeMaker(), jobs=0))
    archive, filling = Kept(), Filling()
    fill(archive, [str(more), str(store), str(tmp_path / "missing.txt")], filling=filling)  # type: ignore[arg-type]
    assert archive.stories[0].text == "A story in a file of its own."
    found = sorted(archive.stories[1:], key=lambda story: story.url)
    if keep_text:
        assert [(s.text, s.outlet, s.date, s.title, s.url) for s in found] == [
            (row["text"], row["outlet"], row["date"], row["title"], row["url"]) for row in rows
        ]
        assert filling.failed == 1
    else:
        assert found == []
        assert "3 articles of this audit store have no text" in filling.sentences[0]
        assert filling.failed == 2
