"""``unspin calibrate``: own copy in, a file of thresholds out."""

import json
import pickle
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from detector.audit import AuditRow, Judgement, Store
from detector.audit.work import CheckerMaker
from detector.checker import Checker
from detector.cli import main
from detector.lab.training import clean_copy
from detector.model import embedded
from detector.own_thresholds import OwnThresholds, as_json, read_thresholds
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
    assert "1 repeated" in said.out
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
    assert sorted(json.loads(text)) == [
        "articles",
        "created",
        "grammar",
        "model",
        "rates",
        "reader",
        "schema",
        "thresholds",
    ]
    assert "archive" not in text
    out, err = capsys.readouterr()
    assert "0.399000  archive.jsonl:399" in out
    assert "spun 0.398000 2 of 400: 0.50%" in " ".join(out.split())
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


def test_a_place_that_takes_no_file_costs_no_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the thresholds can be stored is known before an article is scored."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    def score(*_: object, **__: object) -> None:
        pytest.fail("articles were scored")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    monkeypatch.setattr(clean_copy, "audit", score)
    assert main(["calibrate", "x", "--out", str(tmp_path / "t.json")]) == 2
    assert "t.json: cannot be written (Permission denied)" in capsys.readouterr().err


def test_what_was_found_is_told_where_it_cannot_be_stored(
    archive: Callable[[list[AuditRow]], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that fills up while articles are scored costs the file and not the figures."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    archive([row(number, number / 1000) for number in range(400)])
    monkeypatch.setattr(Path, "replace", full)
    assert main(["calibrate", "x", "--out", str(tmp_path / "t.json"), "--spun-rate", "0.01"]) == 2
    out, err = capsys.readouterr()
    assert "400 judged" in out
    assert "No space left" in err
    assert "wrote" not in err


def test_an_audit_takes_the_thresholds(seeds: dict[str, str], tmp_path: Path) -> None:
    """Rows of an audit hold the newsroom's thresholds and name them."""
    made = OwnThresholds(embedded().hash, "none", 0.2, 0.6, 0.02, 0.005, 400, "2026-11-24", reader=True)
    (tmp_path / "t.json").write_text(as_json(made), encoding="utf-8")
    (tmp_path / "story.txt").write_text(seeds["river-flood.txt"], encoding="utf-8")
    store = tmp_path / "a.sqlite"
    command = ["audit", str(tmp_path / "story.txt"), "--store", str(store), "--grammar", "none", "--jobs", "0", "-q"]
    assert main([*command, "--thresholds", str(tmp_path / "t.json"), "--fail-on", "never"]) == 0
    with Store.open(store, read_only=True) as opened:
        verdicts = [stored.row.verdict for stored in opened.rows()]
    assert [(v.threshold, v.calibration_articles) for v in verdicts if v] == [(0.6, 400)]
    assert all(v and v.signature.endswith(f" | thresholds {made.hash}") for v in verdicts)


def test_workers_of_an_audit_can_be_told() -> None:
    """What makes a checker travels to worker processes and is known there by its content."""
    made = OwnThresholds("12345678", "none", 0.2, 0.6, 0.02, 0.005, 400, "2026-11-24")
    maker = CheckerMaker("none", None, made)
    assert pickle.loads(pickle.dumps(maker)) == maker  # noqa: S301 - made here
    assert hash(maker) == hash(CheckerMaker("none", None, made))


def test_an_audit_by_a_damaged_file_does_not_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store is not even made."""
    (tmp_path / "t.json").write_text("{}", encoding="utf-8")
    store = tmp_path / "a.sqlite"
    assert main(["audit", "x", "--store", str(store), "--thresholds", str(tmp_path / "t.json"), "-q"]) == 2
    assert "damaged" in capsys.readouterr().err
    assert not store.exists()


def test_thresholds_by_outlet(
    archive: Callable[[list[AuditRow]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file holds them; the report says who uses the general ones and why; doubtful copy is named."""
    easy = [replace(row(n, n / 4000), outlet="Easy") for n in range(2000)]
    hard = [replace(row(5000 + n, 0.99 if n < 40 else 0.1), outlet="Hard") for n in range(400)]
    archive([*easy, *hard, replace(row(9999, 0.1), outlet="Tiny")])
    assert main(["calibrate", "x", "--by", "outlet", "--out", str(tmp_path / "t.json")]) == 0
    (only,) = read_thresholds(tmp_path / "t.json").outlets
    assert (only.outlet, only.articles) == ("Hard", 400)
    out, err = capsys.readouterr()
    assert "Tiny: 1 articles judged; at least 200 are needed" in out
    assert "Easy: 2,000 articles judged; the general thresholds hold its rates" in out
    assert "warning: Hard:" in err
