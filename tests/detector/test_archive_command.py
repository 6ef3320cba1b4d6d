"""``unspin archive``: what is added, said and returned."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from detector.archive import Archive, ArchivedStory
from detector.audit.archiving import Filling, days_of, fill
from detector.cli import main
from detector.errors import UnspinError

pytest.importorskip("tantivy", reason="the extra archive is not installed")

Capture = pytest.CaptureFixture[str]
ARCHIVE = ("--archive", "wire.archive")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)


def feed(*rows: dict[str, str], name: str = "feed.jsonl") -> str:
    """A feed of these rows; its name."""
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return name


def said(capsys: Capture) -> dict[str, Any]:
    """What a command wrote as JSON."""
    result = json.loads(capsys.readouterr().out)
    assert result["schema"] == "unspin.archive/1"
    assert isinstance(result, dict)
    return result


STORIES = (
    {
        "id": "a",
        "text": "The ferry terminal closes on Friday.",
        "outlet": "Post",
        "date": "2026-01-02",
        "title": "Ferry",
    },
    {"id": "b", "text": "The night bus runs again.", "date": "2026-02-03"},
)


class TestAdd:
    """``archive add``."""

    def test_stories_are_added_once(self, capsys: Capture) -> None:
        """The second time they are known, and corrections are changes."""
        assert main(["archive", "add", feed(*STORIES), *ARCHIVE]) == 0
        assert capsys.readouterr().out == "2 stories: 2 new or changed, 0 known, 0 not read.\n"
        corrected = {**STORIES[0], "text": "The ferry terminal closes on Sunday."}
        assert main(["archive", "add", feed(corrected, STORIES[1]), *ARCHIVE, "--json"]) == 0
        result = said(capsys)
        assert (result["done"], result["changed"], result["known"], result["errors"]) == (2, 1, 1, 0)

    def test_many_kinds_of_sources(self, capsys: Capture) -> None:
        """A folder with a page and a feed, and standard input is not needed."""
        Path("in").mkdir()
        Path("in/story.txt").write_text("A story in a file of its own.", encoding="utf-8")
        Path("in/feed.xml").write_text(
            "<rss version='2.0'><channel><title>Evening Sun</title><item><guid>urn:1</guid><title>Bus</title>"
            f"<description>{'The night bus runs again. ' * 40}</description></item></channel></rss>",
            encoding="utf-8",
        )
        assert main(["archive", "add", "in", *ARCHIVE, "--outlet", "Desk", "--quiet"]) == 0
        assert capsys.readouterr().out == ""
        assert main(["archive", "info", *ARCHIVE, "--json"]) == 0
        assert said(capsys)["outlets"] == {"Desk": 1, "Evening Sun": 1}

    def test_a_bad_story_is_counted(self, capsys: Capture) -> None:
        """The others are added; the exit code tells."""
        source = feed(STORIES[0], {"id": "x", "text": ""}, STORIES[1])
        assert main(["archive", "add", source, "missing.jsonl", *ARCHIVE]) == 2
        captured = capsys.readouterr()
        assert captured.out == "4 stories: 2 new or changed, 0 known, 2 not read.\n"
        assert "missing.jsonl does not exist" in captured.err
        assert main(["archive", "add", source, *ARCHIVE, "--allow-errors", "--quiet"]) == 0
        assert main(["archive", "add", "missing.jsonl", *ARCHIVE, "--allow-errors", "--quiet"]) == 2

    def test_retention(self, capsys: Capture) -> None:
        """What is too old is neither added nor kept."""
        today = datetime.now(UTC)
        rows = [
            {"id": str(days), "text": f"Story of {days}.", "date": (today - timedelta(days=days)).strftime("%Y-%m-%d")}
            for days in (1, 50, 500)
        ]
        assert main(["archive", "add", feed(*rows), *ARCHIVE, "--json"]) == 0
        assert said(capsys)["changed"] == 3
        for removed in (2, 0):
            assert main(["archive", "add", feed(*rows, {"text": "No date."}), *ARCHIVE, "--keep", "30d", "--json"]) == 0
            result = said(capsys)
            assert (result["old"], result["removed"]) == (2, removed)
        assert main(["archive", "info", *ARCHIVE, "--json"]) == 0
        assert said(capsys)["stories"] == 2

    @pytest.mark.parametrize("keep", ["", "90", "0d", "d", "-1d", "1h", "99999999d", "９d"])
    def test_a_time_that_is_none(self, keep: str) -> None:
        """One sentence, before anything is made."""
        with pytest.raises(UnspinError, match="is no time to keep stories"):
            days_of(keep)
        assert main(["archive", "add", feed(*STORIES), *ARCHIVE, "--keep", keep]) == 2
        assert not Path("wire.archive").exists()


class TestRemove:
    """``archive remove``."""

    @pytest.mark.parametrize(
        ("arguments", "removed"),
        [
            (["--id", "a", "--id", "zzz"], 1),
            (["--outlet", "post"], 1),
            (["--before", "2026-02-01"], 1),
            (["--before", "2027-01-01"], 2),
            (["--outlet", "Post", "--before", "2025-01-01"], 0),
        ],
    )
    def test_conditions(self, arguments: list[str], removed: int, capsys: Capture) -> None:
        """The number is told."""
        main(["archive", "add", feed(*STORIES), *ARCHIVE, "--quiet"])
        assert main(["archive", "remove", *ARCHIVE, *arguments, "--json"]) == 0
        assert said(capsys)["removed"] == removed

    @pytest.mark.parametrize("arguments", [[], ["--before", "soon"]])
    def test_without_a_condition(self, arguments: list[str], capsys: Capture) -> None:
        """Nothing is removed."""
        main(["archive", "add", feed(*STORIES), *ARCHIVE, "--quiet"])
        assert main(["archive", "remove", *ARCHIVE, *arguments]) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert main(["archive", "info", *ARCHIVE, "--json"]) == 0
        assert said(capsys)["stories"] == 2


class TestInfoAndVerify:
    """``archive info`` and ``archive verify``."""

    def test_info(self, capsys: Capture) -> None:
        """For people; names of outlets cannot steer a terminal."""
        main(["archive", "add", feed({**STORIES[0], "outlet": "Post\x1b[31m"}, STORIES[1]), *ARCHIVE, "--quiet"])
        assert main(["archive", "info", *ARCHIVE]) == 0
        out = capsys.readouterr().out
        assert out.startswith("2 stories, 2026-01-02 to 2026-02-03\n")
        assert "(no outlet)" in out
        assert "\x1b" not in out

    def test_verify(self, capsys: Capture) -> None:
        """Whole, then damaged: the file is named and the exit code is 2."""
        main(["archive", "add", feed(*STORIES), *ARCHIVE, "--quiet"])
        assert main(["archive", "verify", *ARCHIVE]) == 0
        assert capsys.readouterr().out == "The archive is whole.\n"
        for kind in ("store", "idx"):
            path = next(Path("wire.archive/index").glob(f"*.{kind}"))
            data = bytearray(path.read_bytes())
            data[5] ^= 1
            # A new file: the old one may still be mapped, and a mapped file must not shrink.
            path.with_name("changed").write_bytes(data)
            path.with_name("changed").replace(path)
            assert main(["archive", "verify", *ARCHIVE, "--json"]) == 2
            result = said(capsys)
            assert not result["whole"]
            assert any(path.name in fault for fault in result["faults"])

    @pytest.mark.parametrize("command", ["info", "verify", "remove"])
    def test_no_archive(self, command: str, capsys: Capture) -> None:
        """One sentence and exit code 2; nothing is made."""
        arguments = ["--id", "a"] if command == "remove" else []
        assert main(["archive", command, *ARCHIVE, *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("unspin: wire.archive: there is no such archive.")
        assert captured.err.count("\n") == 1
        assert not Path("wire.archive").exists()


class TestFill:
    """Filling any archive."""

    def test_ticks_and_counts(self) -> None:
        """What was read is counted while it is read."""

        class Fake:
            def add(self, stories: Iterator[ArchivedStory]) -> int:
                assert [story.id for story in stories] == ["a", "b"]
                assert filling.read == 2
                return 1

        filling, ticks = Filling(), list[int]()
        archive = cast("Archive", Fake())
        fill(archive, [feed(*STORIES)], filling=filling, tick=lambda: ticks.append(filling.done))
        assert filling.as_dict() == {"done": 2, "changed": 1, "known": 1, "old": 0, "errors": 0, "removed": 0}
        assert ticks[-1] == 2

    def test_one_source_for_a_list(self) -> None:
        """A string would be read as one source for each letter."""
        with pytest.raises(ValueError, match="give a list of sources"):
            fill(None, "feed.jsonl")  # type: ignore[arg-type]
