"""``unspin train --reference``: what reaches the training of a newsroom's archive."""

from pathlib import Path

import pytest

from detector.cli import main
from detector.lab.data.own_copy import Archive

pytest.importorskip("lemminflect", reason="training inflects with lemminflect: install unspin[train]")

STORY = "The mayor of Port Alden said on {} that the bridge would open before the end of the year. " * 6


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Archive | None]:
    """The archives that trainings were given, which do not begin."""
    from detector.lab.training import train as training

    given: list[Archive | None] = []
    monkeypatch.setattr(training, "train", lambda *_, archive, **__: given.append(archive))
    return given


def test_sources_of_any_kind_are_read(
    taken: list[Archive | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Folders and JSON Lines give their articles together, as often as asked; what cannot be read is told."""
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY.replace("{}", "Monday"), encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 no document")
    lines = tmp_path / "b.jsonl"
    lines.write_text('{"text": "' + STORY.replace("{}", "Tuesday").strip() + '"}\n', encoding="utf-8")
    assert main(["train", str(tmp_path), "--reference", str(folder), "--reference", str(lines)]) == 0
    archive = taken[0]
    assert archive is not None
    assert [("Monday" in text, "Tuesday" in text) for text in archive] == [(True, False), (False, True)]
    once = archive.hash
    assert len(list(archive)) == 2
    assert archive.hash == once
    assert "broken.docx" in capsys.readouterr().err


def test_without_an_archive_nothing_changes(taken: list[Archive | None], tmp_path: Path) -> None:
    """The option left out, training is as before."""
    assert main(["train", str(tmp_path)]) == 0
    assert taken == [None]


def test_the_hash_is_of_the_content() -> None:
    """Another article gives another hash; order, repetition and credit lines of the wire give the same."""

    def hash_of(*texts: str) -> str:
        archive = Archive(lambda: iter(texts))
        assert list(archive)
        return archive.hash

    one, two = STORY.replace("{}", "Monday"), STORY.replace("{}", "Tuesday")
    assert hash_of(one, two) == hash_of(two, one, one + "(Reporting by A. Person)")
    assert hash_of(one) != hash_of(one, two)
