"""The hook that pre-commit runs in a repository of Markdown articles stops spun articles and lets the others pass."""

import shlex
from pathlib import Path

import pytest
import yaml

from detector.cli import main

CLONE = Path(__file__).resolve().parent.parent
TEXTS = CLONE / "seeds" / "texts"


@pytest.fixture
def hook() -> dict[str, object]:
    """Read the only hook that the repository offers."""
    (offered,) = yaml.safe_load((CLONE / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(offered, dict)
    return offered


@pytest.fixture
def run(hook: dict[str, object]) -> list[str]:
    """Give the arguments that the hook hands to `unspin`, before the names of the files."""
    command, *arguments = shlex.split(str(hook["entry"]))
    assert command == "unspin"
    return arguments


def article(folder: Path, name: str, story: str) -> str:
    """Write a story as a Markdown article with front matter, as a site generator wants it; give its path."""
    title, _, body = story.partition("\n")
    path = folder / name
    path.write_text(f'---\ntitle: "{title}"\nlayout: post\n---\n\n# {title}\n{body}\n', encoding="utf-8")
    return str(path)


def test_a_spun_article_stops_the_commit(run: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 1, and of two files the guilty one is named."""
    honest = article(tmp_path, "honest.md", (TEXTS / "river-board-talks.txt").read_text(encoding="utf-8"))
    spun = article(tmp_path, "spun.md", (TEXTS / "harbour-strike.spun-thesaurus.txt").read_text(encoding="utf-8"))
    assert main([*run, honest, spun]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.startswith(path) for line, path in zip(said, (honest, spun), strict=True)] == [True, True]
    assert ["spun" in line.removeprefix(str(tmp_path)).split(",")[0].split() for line in said] == [False, True]


def test_articles_that_nobody_accuses_pass(run: list[str], tmp_path: Path) -> None:
    """Clean copy and what is too short to judge do not stop a commit."""
    honest = article(tmp_path, "honest.md", (TEXTS / "harbour-strike.txt").read_text(encoding="utf-8"))
    note = article(tmp_path, "note.md", "Correction\n\nAn earlier version gave a wrong date.")
    assert main([*run, honest, note]) == 0


def test_the_hook_says_what_pre_commit_needs(hook: dict[str, object]) -> None:
    """It is installed as a Python package, gets Markdown files only, and all of them in one process."""
    assert hook["id"] == "unspin"
    assert hook["language"] == "python"
    assert hook["types"] == ["markdown"]
    assert hook["require_serial"] is True
    assert hook["description"]
