"""Articles as CSV, JSON Lines and Parquet, and the command that writes them."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from audit_report_store import TEXT, Fill
from hypothesis import given
from hypothesis import strategies as st

from detector import load_audit
from detector.audit.report.export import write_csv
from detector.audit.report.rows import FIELDS, Article
from detector.cli import Exit, main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `unspin report`; gives exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["report", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


class TestFormulas:
    """A spreadsheet runs nothing."""

    @given(st.text(max_size=30))
    def test_no_cell_begins_a_formula(self, text: str) -> None:
        """Whatever an article holds, no cell begins as a formula does, and ordinary text is unchanged."""
        values = tuple(text if field.kind == "text" else None for field in FIELDS)
        out = io.StringIO(newline="")
        write_csv([Article(values, [], {}, {}, None)], out)
        cells = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1]
        assert not any(
            cell.lstrip().startswith(tuple("=+-@＝＋－＠")) or cell[:1] in ("\t", "\r", "\n") for cell in cells
        )
        assert all(cell.removeprefix("'") == text.replace("\0", "").removeprefix("'") for cell in cells if cell)


class TestExports:
    """Files of articles."""

    def test_all_three_hold_the_same_articles(self, desk: Path, tmp_path: Path, run: Run) -> None:
        """CSV, JSON Lines and Parquet agree on every article and every field."""
        files = {kind: tmp_path / f"out.{kind}" for kind in ("csv", "jsonl", "parquet")}
        code, out, err = run(desk, "--quiet", *(x for kind, file in files.items() for x in (f"--{kind}", file)))
        assert (code, out, err) == (Exit.NOTHING_FLAGGED, "", "")
        with files["csv"].open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        objects = [json.loads(line) for line in files["jsonl"].read_text("utf-8").splitlines()]
        table = pq.read_table(files["parquet"]).to_pylist()
        assert len(rows) == len(objects) == len(table) == 235
        for row, plain, record in zip(rows, objects, table, strict=True):
            for field in FIELDS:
                assert plain[field.name] == record[field.name]
                assert row[field.name] == ("" if plain[field.name] is None else str(plain[field.name]))
            assert record["evidence"] == plain["evidence"]
            assert dict(record["measured"]) == plain["measured"]
        assert "text" not in objects[0]

    def test_filters_and_limit_choose(self, desk: Path, run: Run) -> None:
        """A limit takes those with the highest probability; a filter takes those that meet it."""
        _, out, _ = run(desk, "--jsonl", "-", "--limit", "3", "--outlet", "Herald", "--include-text")
        found = [json.loads(line) for line in out.splitlines()]
        assert [o["label"] for o in found] == ["suspect", "clean", "clean"]
        assert {o["text"] for o in found} == {TEXT}
        _, out, _ = run(desk, "--csv", "-", "--min-probability", "0.9")
        assert len(out.splitlines()) == 1 + 15

    def test_nothing_but_our_own_is_written_over(self, desk: Path, tmp_path: Path, run: Run) -> None:
        """An earlier export is replaced; anything else stays as it is."""
        for kind in ("csv", "jsonl", "parquet", "html"):
            target = tmp_path / f"out.{kind}"
            assert run(desk, f"--{kind}", target)[0] == run(desk, f"--{kind}", target)[0] == 0
            target.write_text("my notes")
            code, _, err = run(desk, f"--{kind}", target)
            assert (code, target.read_text()) == (Exit.FAILED, "my notes")
            assert "Name another file" in err
            assert run(desk, f"--{kind}", desk)[0] == Exit.FAILED
        assert not list(tmp_path.glob(".*.part"))

    def test_two_results_need_two_files(self, desk: Path, tmp_path: Path, run: Run) -> None:
        """The second would take the place of the first, however its name is spelt: nothing is written."""
        before = sorted(tmp_path.iterdir())
        for one, other in (("html", "csv"), ("csv", "jsonl"), ("jsonl", "parquet")):
            code, _, err = run(desk, "-q", f"--{one}", tmp_path / "out", f"--{other}", tmp_path / "x" / ".." / "out")
            assert code == Exit.FAILED
            assert "one file can hold only one of them" in err
        assert sorted(tmp_path.iterdir()) == before


class TestCommand:
    """`unspin report`."""

    def test_it_prints_a_summary(self, desk: Path, run: Run) -> None:
        """Without options a summary is printed, and the exit code accuses nobody."""
        code, out, err = run(desk)
        assert (code, err) == (0, "")
        assert out.startswith("15 of 231 stories are labelled spun.")

    def test_json_is_the_summary(self, desk: Path, run: Run) -> None:
        """`--json` gives the schema that docs/report.md describes."""
        code, out, _ = run(desk, "--json", "--since", "2026-11-15")
        answer = json.loads(out)
        assert (code, answer["schema"], answer["first"]) == (0, "unspin.report/1", "2026-11-15")

    def test_a_time_ago_is_a_time(self, fill: Fill, run: Run) -> None:
        """`7d` and `12h` count back from now; other words are refused before any work."""
        old = fill({"date": "2020-01-01"}, {"date": "2020-01-02T08:00:00Z"})
        assert "There are no articles" in run(old, "--since", "12h")[1]
        assert "There are no articles" in run(old, "--since", "7d")[1]
        assert "None of 2 stories" in run(old, "--since", "99999d")[1]
        code, out, err = run(old, "--since", "yesterday")
        assert (code, out) == (Exit.FAILED, "")
        assert "yesterday" in err

    @pytest.mark.parametrize(
        "said", ["2026-13-45", "2026-02-30", "2026-24-11", "2026-11-24T25:00", "2026-99-99T99:99Z"]
    )
    def test_a_day_that_no_calendar_has_is_refused(self, desk: Path, run: Run, said: str) -> None:
        """Compared as text it would let everything through, or nothing."""
        for option in ("since", "until"):
            code, out, err = run(desk, f"--{option}", said)
            assert (code, out) == (Exit.FAILED, "")
            assert f"unspin: {option}: “{said}” is no date: write a day as 2026-11-24" in err

    def test_a_page_on_standard_output_stands_alone(self, desk: Path, run: Run) -> None:
        """`--html -` prints the page and nothing else; two things cannot share standard output."""
        code, out, _ = run(desk, "--html", "-")
        assert (code, out[:15]) == (0, "<!doctype html>")
        assert run(desk, "--html", "-", "--json")[0] == Exit.FAILED
        assert run(desk, "--parquet", "-")[0] == Exit.FAILED

    def test_an_outlet_that_is_not_there_is_told(self, desk: Path, run: Run) -> None:
        """A misspelt outlet is answered with one that is like it, not with an empty report."""
        code, out, err = run(desk, "--outlet", "herold")
        assert (code, out) == (Exit.FAILED, "")
        assert "Herald" in err

    @pytest.mark.parametrize(
        "cell", [("details", "evidence", "[" * 5000), ("details", "columns", "[" * 5000), ("articles", "words", 1e300),
                 ("details", "evidence", '[{"feature": "a", "start": Infinity, "end": 5, "text": "a", "message": "", "expected": [], "weight": 1}]')],
        ids=["evidence", "columns", "words", "start"],
    )  # fmt: skip
    def test_a_damaged_cell_does_not_stop_a_report(
        self, desk: Path, tmp_path: Path, run: Run, cell: tuple[str, str, object]
    ) -> None:
        """Its value is missing; all else is shown."""
        table, column, value = cell
        with closing(sqlite3.connect(desk)) as connection, connection:
            connection.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608 - our own
        assert run(desk, "--jsonl", tmp_path / "a.jsonl")[0] == Exit.NOTHING_FLAGGED
        assert len(load_audit(desk, measured=True)) > 200

    @pytest.mark.parametrize("kind", ["missing", "empty", "text", "other", "no rows", "damaged", "folder"])
    def test_what_is_no_store_is_one_sentence(self, tmp_path: Path, fill: Fill, run: Run, kind: str) -> None:
        """Missing, empty, foreign and damaged files end with exit code 2 and one sentence that names the file."""
        path = tmp_path / "bad.sqlite"
        match kind:
            case "empty":
                path.touch()
            case "text":
                path.write_text("An article, not a store. " * 100)
            case "other":
                sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.close()
            case "no rows":
                fill(name=path.name)
            case "damaged":
                fill(*([{}] * 50), name=path.name)
                path.write_bytes(path.read_bytes()[:5000])
            case "folder":
                path.mkdir()
            case _:
                pass
        code, out, err = run(path, "--html", tmp_path / "page.html")
        assert (code, out) == (Exit.FAILED, "")
        assert err.count("\n") == 1
        assert str(path) in err
        assert not (tmp_path / "page.html").exists()

    def test_a_locked_store_is_one_sentence(self, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program that keeps the store to itself is named as the reason."""
        monkeypatch.setattr("detector.audit.opening.BUSY_SECONDS", 0.1)
        holder = sqlite3.connect(desk, isolation_level=None)
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        code, _, err = run(desk)
        holder.close()
        assert code == Exit.FAILED
        assert "locked" in err
