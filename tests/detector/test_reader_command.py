"""``unspin train --reader``: what it refuses in one sentence."""

from pathlib import Path

import pytest

from detector import extras
from detector.cli import Exit, main
from detector.lab.training.reader.__main__ import main as module_main


@pytest.fixture
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without the extra."""
    monkeypatch.setattr(extras, "_requirements", lambda: ['no-such-package>=1; extra == "reader-train"'])


SENTENCE = "needs no-such-package, which this Python does not have"


@pytest.mark.usefixtures("without_packages")
def test_a_missing_extra_is_named_with_its_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, exit code 2, and nothing is written."""
    assert main(["train", str(tmp_path), "--out", str(tmp_path / "out"), "--reader"]) == Exit.FAILED
    told = capsys.readouterr().err.replace("\n", " ")
    assert f"unspin train --reader {SENTENCE}" in told
    assert "reader-train" in told or "no-such-package>=1" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("without_packages")
def test_the_module_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m detector.lab.training.reader`` has more options and the same refusal."""
    assert module_main([str(tmp_path), "--out", str(tmp_path / "out")]) == Exit.FAILED
    assert f"Training the reader {SENTENCE}" in capsys.readouterr().err


needs_packages = pytest.mark.skipif(
    bool(extras.missing_from("reader-train")),
    reason="the extra reader-train is not installed (pip install '.[reader-train]')",
)


@needs_packages
def test_an_archive_is_not_for_the_reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option of another stage is refused and not ignored."""
    assert main(["train", str(tmp_path), "--reader", "--reference", str(tmp_path)]) == Exit.FAILED
    assert "--reference is not for --reader" in capsys.readouterr().err.replace("\n", " ")


@needs_packages
def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The data folder must be one."""
    assert main(["train", str(tmp_path / "missing"), "--reader"]) == Exit.FAILED
    assert "not a folder" in capsys.readouterr().err.replace("\n", " ")
