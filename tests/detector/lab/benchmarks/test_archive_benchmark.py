"""The benchmark of the archive: what it writes, asks and counts."""

import json
import lzma
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from detector.archive import ArchivedStory, open_archive
from detector.errors import DataError
from detector.lab.benchmarks.archive import SETS, Query, finding, main, real_rewrites, write_stories

pytest.importorskip("tantivy", reason="the extra archive is not installed")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a story in each set, and a rewrite of the one that has one."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in SETS:
        story = {"id": f"{name}:1", "label": "human", "text": f"A story of {name}, told at length.", "pair_id": name}
        rewrite = {**story, "id": f"{name}:2", "label": "spun", "tool": "a spinner", "domain": "xsum-news"}
        write(folder / f"{name}.jsonl.xz", [{**story, "domain": "xsum-news"}, rewrite])
    return folder


def write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """A set of the data folder."""
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_human_stories_are_written_originals_first(data: Path, tmp_path: Path) -> None:
    """Without rewrites; a bound never costs the originals of the rewrites."""
    target = tmp_path / "stories.jsonl"
    assert write_stories(data, target, None)[0] == len(SETS)
    assert write_stories(data, target, 2)[0] == 2
    assert [json.loads(line)["id"] for line in target.read_text(encoding="utf-8").splitlines()] == [
        "llm-rewrites:1",
        "detectrl:1",
    ]


def test_rewrites_know_their_originals(data: Path) -> None:
    """So many of each tool."""
    assert [(query.family, query.source) for query in real_rewrites(data, 5)] == [("a spinner", "detectrl:1")]


def test_what_is_found_is_counted(tmp_path: Path) -> None:
    """A source that is first, one that is not there, with the interval."""

    def stories() -> Iterator[ArchivedStory]:
        for number in range(20):
            yield ArchivedStory(str(number), f"Story {number} tells of ferry{number} and harbour{number}.")

    with closing(open_archive(tmp_path / "wire.archive", create=True)) as archive:
        archive.add(stories())
        queries = [Query("kind", "ferry3 harbour3", "3"), Query("kind", "ferry4 harbour4", "nobody")] * 2
        lines = list(finding(archive, queries))
    assert "| kind | 4 | 0.500 | 0.150 to 0.850 | 0.500 |" in lines


def test_a_data_folder_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and exit code 2."""
    assert main([str(tmp_path)]) == 2
    assert "cannot be read: put the data folder's file there" in capsys.readouterr().err
    with pytest.raises(DataError):
        list(real_rewrites(tmp_path, 1))
