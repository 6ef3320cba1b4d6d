"""From a store to numbers: what counts once, what is left out, what is ranked first."""

import sqlite3
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from audit_report_store import Fill, failed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import detector
from detector.audit import schema
from detector.audit.report import summarise, to_frame
from detector.audit.report.chance import Standing
from detector.audit.report.figures import Tally
from detector.audit.report.reading import reading
from detector.audit.report.rows import articles
from detector.audit.store import Filter, Store, StoreError
from detector.verdict import Label


class TestCounting:
    """Stories, not articles."""

    def test_a_near_duplicate_counts_once(self, fill: Fill, spun: dict[str, Any]) -> None:
        """One story on three sites is one story over all and one for each site; the first copy's label stands."""
        path = fill(
            {"origin": "A", **spun},
            {"origin": "A", "story": 1},
            {"origin": "B", "story": 1, **spun},
            {"origin": "C", "story": 1},
            {"origin": "C"},
        )
        summary = summarise(path)
        assert summary.stories == Tally(clean=1, spun=1)
        assert (summary.articles, summary.judged_articles, summary.duplicates) == (5, 5, 3)
        assert {o.name: tuple(o.tally) for o in summary.outlets} == {"A": (0, 0, 1), "B": (0, 0, 1), "C": (2, 0, 0)}
        assert summary.findings[0].copies == 3

    def test_what_was_not_judged_is_in_no_share(self, desk: Path) -> None:
        """Abstentions and failures are told apart and count for nobody."""
        summary = summarise(desk)
        assert (summary.too_short, summary.not_english, summary.failed) == (1, 1, 2)
        assert summary.stories == Tally(clean=215, suspect=1, spun=15)
        assert [(k.name, k.articles) for k in summary.errors] == [("fetch", 2)]
        assert sum(b.stories for b in summary.bins) == summary.stories.judged
        assert sum(p.tally.judged for p in summary.periods) == summary.stories.judged

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["clean", "suspect", "spun"])), max_size=25))
    def test_outlets_add_up(self, fill: Fill, tmp_path: Path, rows: list[tuple[str, str]]) -> None:
        """Without near-duplicates the outlets' numbers sum to those of the whole."""
        (tmp_path / "sum.sqlite").unlink(missing_ok=True)
        path = fill(*({"origin": o, "label": label, "probability": 0.5} for o, label in rows), name="sum.sqlite")
        summary = summarise(path)
        assert tuple(summary.stories) == tuple(map(sum, zip(*(o.tally for o in summary.outlets), strict=True))) or (
            not rows and summary.stories == Tally()
        )
        assert [o.rank for o in summary.outlets] == list(range(1, summary.all_outlets + 1))


class TestRanking:
    """Which outlet comes first."""

    def test_a_few_stories_do_not_top_the_list(self, fill: Fill, spun: dict[str, Any]) -> None:
        """Three spun stories of three stand below thirty of a hundred."""
        few = [{"origin": "Few", **spun}] * 3
        many = [{"origin": "Many", **(spun if n < 30 else {})} for n in range(100)]
        summary = summarise(fill(*few, *many))
        assert [o.name for o in summary.outlets] == ["Many", "Few"]
        assert summary.outlets[0].standing is Standing.BEYOND

    def test_a_share_at_the_rate_is_said_to_be_nothing(self, fill: Fill, spun: dict[str, Any]) -> None:
        """One spun story of two hundred is what false alarms explain, and the report says how many to expect."""
        summary = summarise(fill(spun, *([{}] * 199)))
        assert summary.outlets[0].standing is Standing.EXPECTED
        assert summary.false_alarms == pytest.approx(1.0)
        assert summary.false_alarm_range[1] >= 1

    def test_a_model_without_a_rate_leaves_it_open(self, fill: Fill, spun: dict[str, Any]) -> None:
        """No rate, no number of false alarms, no standing."""
        summary = summarise(fill(spun, {}, rate=None))
        assert summary.false_alarms != summary.false_alarms
        assert summary.outlets[0].standing is Standing.UNKNOWN

    def test_only_as_many_as_asked_for(self, desk: Path) -> None:
        """Limits cut the lists, and what was cut is counted."""
        summary = summarise(desk, outlets=1, findings=2)
        assert ([o.name for o in summary.outlets], summary.all_outlets) == (["Mill"], 3)
        assert (len(summary.findings), summary.all_findings) == (2, 16)


class TestFilters:
    """Which articles are reported on."""

    def test_since_and_outlet_narrow_everything(self, desk: Path) -> None:
        """Shares, time line and list are those of the chosen articles."""
        summary = summarise(desk, Filter(since="2026-11-15", outlet="mill"))
        assert summary.stories == Tally(clean=7, spun=7)
        assert summary.first == "2026-11-15"
        assert summary.filters == "since 2026-11-15, outlet mill"

    def test_probability_and_label_narrow_the_list_alone(self, desk: Path) -> None:
        """A share among the stories above a probability would mean nothing."""
        summary = summarise(desk, Filter(min_probability=0.9))
        assert summary.stories == summarise(desk).stories
        assert summary.all_findings == 15
        assert summarise(desk, Filter(label=Label.SUSPECT)).all_findings == 1


class TestReading:
    """Stores that are written to, damaged, hostile."""

    def test_numbers_are_of_one_moment_while_an_audit_writes(self, desk: Path, fill: Fill) -> None:
        """A writer in the middle of its transaction neither stops the report nor shows in it."""
        with Store.open(desk) as store:
            store.connection.exec_driver_sql("BEGIN IMMEDIATE")
            store.connection.exec_driver_sql("UPDATE articles SET label = 'clean' WHERE label = 'spun'")
            assert summarise(desk).stories.spun == 15
            assert summarise(store).stories.spun == 15
            store.connection.exec_driver_sql("COMMIT")
            assert summarise(store).stories.spun == 0

    def test_a_report_changes_nothing(self, desk: Path) -> None:
        """The store has the same tables afterwards, and nothing of the report's own."""
        tables = "SELECT name FROM sqlite_schema ORDER BY name"
        before = sqlite3.connect(desk).execute(tables).fetchall()
        summarise(desk)
        assert sqlite3.connect(desk).execute(tables).fetchall() == before

    def test_a_damaged_store_is_one_sentence(self, desk: Path) -> None:
        """Pages overwritten in the middle end in an error that says so."""
        with sqlite3.connect(desk) as sql:
            sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data = bytearray(desk.read_bytes())
        data[4096 : len(data)] = b"\xa5" * (len(data) - 4096)
        desk.write_bytes(bytes(data))
        with pytest.raises(StoreError, match="damaged"):
            summarise(desk)

    def test_values_of_wrong_types_cost_no_report(self, fill: Fill) -> None:
        """SQLite keeps any type in any column; a store may come from anybody."""
        path = fill(
            {"label": "spun", "probability": "much", "quality": "x", "words": "y", "marks": b"z", "date": b"\xff",
             "title": b"\x00\xff", "url": 7, "origin": b"\xff\xfe", "threshold": "t", "evidence": '{"a": 1}', "text": b"\xff"},
            {"label": "spun", "probability": 0.99, "evidence": '[1, {"feature": 1}, null]', "date": "9999-99-99"},
            {"label": "suspect", "probability": 0.8, "evidence": "not JSON", "date": "0001-01-01"},
        )  # fmt: skip
        summary = summarise(path)
        assert summary.stories.spun == 2
        assert summary._repr_html_()
        assert len(to_frame(path, measured=True)) == 3


class TestFrame:
    """A store as a data frame."""

    def test_it_has_types_to_work_with(self, desk: Path) -> None:
        """Numbers are numbers, dates are times, labels are categories; what is not known is missing."""
        frame = to_frame(desk)
        assert len(frame) == 235
        assert frame.index.name == "id"
        assert frame["date"].dt.year.dropna().eq(2026).all()
        assert frame["label"].value_counts()["spun"] == 15
        assert frame["probability"].isna().sum() == 4
        assert frame["proven"].dtype == "boolean"
        assert frame["words"].dtype == "Int64"
        assert detector.load_audit(desk).equals(frame)
        assert frame.loc[1, "odd_wordings"] == "stated -> said; tardy -> late"

    def test_measured_columns_come_when_asked_for(self, desk: Path) -> None:
        """Each is a column of its own name, NaN where it could not be measured."""
        frame = to_frame(desk, Filter(label=Label.SPUN), limit=3, measured=True)
        assert frame[["a", "b"]].iloc[0, 0] == 1.5
        assert frame["b"].isna().all()
        assert len(frame) == 3


def test_memory_does_not_grow_with_the_store(fill: Fill) -> None:
    """Ten times as many articles take no more of Python's memory to sum up."""

    def peak(articles: int) -> int:
        path = fill(*({"origin": f"outlet {n % 500}"} for n in range(articles)), name=f"{articles}.sqlite")
        tracemalloc.start()
        summarise(path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is imported on the way is not of the store
    assert peak(6000) < 1.5 * peak(600) + 200_000


def test_failed_rows_need_no_origin_of_their_own(fill: Fill) -> None:
    """A store of nothing but errors is a report of errors."""
    summary = summarise(fill(failed("timeout", "a.txt took longer than 60 seconds.")))
    assert (summary.failed, summary.outlets, summary.bins, summary.findings) == (1, (), (), ())


def test_a_report_is_the_same_from_both(desk: Path, database: str) -> None:
    """A store that was copied from a file to a server gives the same numbers, lists and exports."""
    with Store.open(desk, read_only=True) as old, Store.open(database) as new:
        for table in schema.TABLES.sorted_tables:
            found = [tuple(each) for each in old.connection.execute(table.select())]
            if found:
                new.connection.execute(table.insert(), [dict(zip(table.c.keys(), each, strict=True)) for each in found])
    for where in (
        Filter(),
        Filter(since="2026-11-15", outlet="MILL"),
        Filter(min_probability=0.9),
        Filter(errors=True),
    ):
        one, other = (summarise(place, where, by_author=True).as_dict() for place in (desk, database))
        assert {**one, "store": ""} == {**other, "store": ""}
        for limit in (None, 3):
            with reading(desk) as first, reading(database) as second:
                assert list(articles(first, where, limit=limit)) == list(articles(second, where, limit=limit))
