"""The tiny data folder, and both commands that read it, as a newcomer runs them."""

import json
import lzma
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from detector import cli
from detector.errors import DataError
from detector.lab.data import tiny
from detector.lab.data.corpus import SETS, sets_in, stories
from detector.lab.data.tiny import ARTICLES, NEWS, PAIRS, REWRITTEN, main, write_tiny

pytest.importorskip("lemminflect", reason="training inflects with lemminflect: install unspin[train]")

from detector.lab.training.train import train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command writes."""
    path = tmp_path_factory.mktemp("tiny") / "data"
    assert main([str(path)]) == 0
    return path


def test_every_role_has_what_was_promised(folder: Path) -> None:
    """News of all roles, and pairs of the roles that pairs have; each pair has one original and two rewrites."""
    assert sets_in(folder) == [NEWS, PAIRS]
    of: dict[tuple[str, str, str], int] = defaultdict(int)
    for name in (NEWS, PAIRS):
        for story in stories(folder, name):
            of[name, story.role, story.label] += 1
    assert {role: of[NEWS, role, "human"] for role in ARTICLES} == ARTICLES
    for label in ("human", "llm_paraphrase", "backtranslated"):
        assert {role: of[PAIRS, role, label] for role in REWRITTEN} == REWRITTEN


def test_no_paragraph_serves_two_roles(folder: Path) -> None:
    """What is judged taught nothing."""
    roles: dict[str, set[str]] = defaultdict(set)
    for name in (NEWS, PAIRS):
        for story in stories(folder, name):
            if story.label == "human":
                for paragraph in story.text.split("\n"):
                    roles[paragraph].add(story.role)
    assert {len(own) for own in roles.values()} == {1}


def test_the_folder_is_always_the_same(folder: Path, tmp_path: Path) -> None:
    """A second writing gives the same bytes."""
    names = write_tiny(tmp_path)
    assert sorted(names) == sorted(p.name for p in folder.iterdir())
    assert all((tmp_path / name).read_bytes() == (folder / name).read_bytes() for name in names)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["a", "b"]])
def test_a_wrong_call_says_how(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One folder is needed."""
    assert main(arguments) == 2
    assert "usage:" in capsys.readouterr().err


def test_without_a_clone_it_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stories are not installed with the package; a file in the way is told as well."""
    file = tmp_path / "file"
    file.touch()
    assert main([str(file)]) == 2
    assert "could not be written" in capsys.readouterr().err
    monkeypatch.setattr(tiny, "files", lambda _: tmp_path)
    with pytest.raises(DataError, match="only a clone of unspin has"):
        write_tiny(tmp_path / "data")


def test_both_commands_run_from_end_to_end(folder: Path, tmp_path: Path) -> None:
    """Training leaves a model that judges, and evaluation a report with figures."""
    model, figures = tmp_path / "model", tmp_path / "figures"
    trained = run("train", str(folder), "--out", str(model))
    assert f"data: skipping {len(SETS) - 2} of {len(SETS)} sets" in trained.stderr
    story = tmp_path / "story.txt"
    story.write_text(next(stories(folder, NEWS)).text, encoding="utf-8")
    run("evaluate", str(folder), "--model", str(model), "--out", str(figures), "--quick", "--jobs", "1")
    answer = json.loads((figures / "evaluation.json").read_text(encoding="utf-8"))
    assert {row["family"] for row in answer["families"]} >= {"dictionary", "round trip (DetectRL)"}
    assert all(0 <= row["auroc"]["value"] <= 1 for row in answer["families"])
    assert "A quick run" in (figures / "EVALUATION.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_folder_without_data_is_one_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is missing, and where to read about it."""
    (tmp_path / "data").mkdir()
    assert cli.main([command, str(tmp_path / "data"), "--out", str(tmp_path / "out"), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "docs/training-data.md" in said


def test_stories_of_every_role_are_needed(tmp_path: Path) -> None:
    """Without reference copy nothing can be counted."""
    write_tiny(tmp_path)
    kept = [story for story in stories(tmp_path, NEWS) if story.role != "reference"]
    (tmp_path / f"{PAIRS}.jsonl.xz").unlink()
    with lzma.open(tmp_path / f"{NEWS}.jsonl.xz", "wt", encoding="utf-8") as out:
        for s in kept:
            out.write(json.dumps({"id": s.key, "text": s.text, "label": s.label, **s.fields}) + "\n")
    with pytest.raises(DataError, match="no story of the role reference"):
        train(tmp_path, tmp_path / "out", jobs=1, progress=lambda _: None)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with its own worker processes."""
    command = [sys.executable, "-m", "detector", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    return done
