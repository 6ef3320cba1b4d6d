"""``unspin calibrate``: own copy in, a file of thresholds out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.audit import AuditRow, Judgement, clean_copy
from detector.check import Checker
from detector.cli import main
from detector.own_thresholds import read_thresholds
from detector.verdict import REGISTER, Label

pytestmark = pytest.mark.filterwarnings("error")


def row(number: int, probability: float, label: Label = Label.CLEAN) -> AuditRow:
    """What an audit gives for one article."""
    judgement = Judgement(
        label=label,
        probability=probability,
        threshold=0.9,
        suspect_threshold=0.5,
        quality=50.0,
        words=300,
        signature="s",
        columns={REGISTER: 1000.0},
    )
    return AuditRow(source=f"archive.jsonl:{number}", hash=f"{number:032x}", verdict=judgement)


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[AuditRow]], None]:
    """Rows in place of what workers would give."""

    def give(rows: list[AuditRow]) -> None:
        monkeypatch.setattr(clean_copy, "audit", lambda *_, **__: iter(rows))

    return give


def test_own_copy_from_a_folder_to_a_check(
    seeds: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Articles of a folder are judged, their thresholds written, and a check takes the file."""
    folder = tmp_path / "archive"
    folder.mkdir()
    clean = [name for name in seeds if "." not in name.removesuffix(".txt")]
    for name in clean:
        (folder / name).write_text(seeds[name], encoding="utf-8")
    (folder / "again.txt").write_text(seeds[clean[0]], encoding="utf-8")
    (folder / "brief.txt").write_text("Mayor resigns today, the town said.", encoding="utf-8")
    out = tmp_path / "thresholds.json"
    rates = ["--spun-rate", "0.1", "--suspect-rate", "0.1"]
    command = ["calibrate", str(folder), "--out", str(out), "--grammar", "none", "--jobs", "0", *rates]
    assert main(command) == 0
    said = capsys.readouterr()
    assert f"{len(clean) + 2} articles read: {len(clean)} judged, 1 too short" in said.out
    assert "1 the same as another" in said.out
    assert str(out) in said.err
    made = read_thresholds(out)
    assert (made.grammar, made.articles, made.spun_rate, made.suspect_rate) == ("none", len(clean), 0.1, 0.1)
    assert Checker(grammar="none", thresholds=out).thresholds.spun == made.spun
    assert main(["check", "-q", "--grammar", "none", "--thresholds", str(out), str(folder / clean[0])]) in {0, 1}
    capsys.readouterr()
    assert main(command) == 0  # its own file may be written anew


def test_the_file_holds_no_text_and_no_place(
    archive: Callable[[list[AuditRow]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers, model, grammar checker and day; the highest articles are told to the person alone."""
    archive([row(i, i / 1000) for i in range(400)])
    assert main(["calibrate", "x", "--out", str(tmp_path / "t.json")]) == 0
    text = (tmp_path / "t.json").read_text(encoding="utf-8")
    assert sorted(json.loads(text)) == ["articles", "created", "grammar", "model", "rates", "schema", "thresholds"]
    assert "archive" not in text
    out, err = capsys.readouterr()
    assert "0.399000  archive.jsonl:399" in out
    assert "spun 0.397500 2 of 400: 0.50%" in " ".join(out.split())
    assert "warning: lower than the shipped thresholds: spun and suspect." in err


def test_higher_thresholds_need_no_warning(
    archive: Callable[[list[AuditRow]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fewer accusations than as shipped is no danger to anybody."""
    archive([row(i, 0.1) for i in range(390)] + [row(400 + i, 0.999999, Label.SPUN) for i in range(10)])
    assert main(["calibrate", "x", "--out", str(tmp_path / "t.json"), "-q"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "spun" not in err


def test_what_cannot_be_read_is_told_and_left_out(
    archive: Callable[[list[AuditRow]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unreadable article is a sentence; too few readable ones are another, and nothing is written."""
    archive([AuditRow(source="a.pdf", error="a.pdf: not an article.", error_kind="unreadable"), row(1, 0.1)])
    assert main(["calibrate", "x", "--out", str(tmp_path / "t.json")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "unspin: a.pdf: not an article."
    assert "1 articles of this copy can be judged" in err
    assert not (tmp_path / "t.json").exists()


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The work is not begun where its result would destroy something, nor for rates that cannot be."""
    other = tmp_path / "notes.json"
    other.write_text('{"mine": 1}', encoding="utf-8")
    assert main(["calibrate", "x", "--out", str(other)]) == 2
    assert other.read_text(encoding="utf-8") == '{"mine": 1}'
    assert main(["calibrate", "x", "--out", str(tmp_path / "t.json"), "--spun-rate", "0.5"]) == 2
    assert "nothing that unspin wrote" in capsys.readouterr().err
