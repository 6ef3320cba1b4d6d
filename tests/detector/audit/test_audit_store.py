"""The store: what is written comes back, hostile values included, and what is no store is refused."""

import json
import math
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit_fakes import SIGNATURE, verdict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from detector.audit import schema
from detector.audit.filters import Filter, Order
from detector.audit.identity import text_hash
from detector.audit.near_duplicates import sketch
from detector.audit.place import Place
from detector.audit.row import AuditRow, summarise
from detector.audit.store import Store, StoreError
from detector.audit.writing import Entry, Writer
from detector.errors import UnspinError
from detector.verdict import Label


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "audit.sqlite"


def judged(text: str, source: str = "a.txt", **facts: Any) -> AuditRow:  # noqa: ANN401 - any field
    """A row with a verdict, its text kept."""
    return AuditRow(source, text_hash(text), verdict=summarise(verdict(text)), text=text, **facts)


def write(path: Place, *rows: AuditRow) -> None:
    """Put rows into a store, with their sketches."""
    with Store.open(path) as store:
        writer = Writer(store, ["a test"], {"grammar": "none"})
        for row in rows:
            writer.put(Entry(row, b"", sketch(row.text or "")))
        writer.close({"done": len(rows)})


def put_all(writer: Writer, rows: list[AuditRow]) -> None:
    """Write rows without committing."""
    for row in rows:
        writer.put(Entry(row))


def interrupt(*_: object, **__: object) -> None:
    """Act as Ctrl-C."""
    raise KeyboardInterrupt


def read(path: Place, where: Filter = Filter(), order: Order = Order.ADDED) -> list[AuditRow]:  # noqa: B008 - frozen
    """All rows that a filter lets through."""
    with Store.open(path, read_only=True) as store:
        return [stored.row for stored in store.rows(where, order=order)]


class TestRoundTrip:
    """What is written comes back."""

    @pytest.fixture
    def path(self, place: Place) -> Place:
        """Where the store is: all this holds for a file and for a database."""
        return place

    def test_a_row_comes_back_whole(self, path: Place) -> None:
        """Every field of row, judgement and mark is kept; what could not be measured stays NaN."""
        row = judged("SPUN words 🔥 of it", url="https://e.org/1", outlet="E", date="2026-11-24", title="T 🔥")
        write(path, row)
        (back,) = read(path)
        assert row.verdict is not None
        assert back.verdict is not None
        assert math.isnan(back.verdict.columns["gaps_share"])
        assert {**back.verdict.columns, "gaps_share": 0} == {**row.verdict.columns, "gaps_share": 0}
        same = ("label", "probability", "threshold", "evidence", "quality_parts", "signature", "marks", "spun_rate")
        assert [getattr(back.verdict, name) for name in same] == [getattr(row.verdict, name) for name in same]
        assert (back.source, back.hash, back.url, back.outlet, back.date, back.title, back.text) == (
            row.source, row.hash, row.url, row.outlet, row.date, row.title, row.text,
        )  # fmt: skip

    def test_details_can_be_left_out(self, path: Place) -> None:
        """Without details a row has its numbers, but neither marks nor text."""
        write(path, judged("SPUN words"))
        with Store.open(path, read_only=True) as store:
            (stored,) = store.rows(details=False)
        assert stored.row.verdict is not None
        assert (stored.row.verdict.label, stored.row.verdict.evidence, stored.row.text) == (Label.SPUN, (), None)

    def test_an_abstaining_verdict_has_no_probability(self, path: Place) -> None:
        """A text too short to judge is stored with NULL, and read as NaN."""
        write(path, judged("TOO_SHORT"), judged("other words", "b.txt"))
        short, other = read(path)
        assert short.verdict is not None
        assert math.isnan(short.verdict.probability)
        assert short.verdict.columns == {}
        assert other.verdict is not None
        assert other.verdict.columns["odd_words_share"] == 0.25

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(values=st.lists(st.text(st.characters(codec=None), max_size=40), min_size=5, max_size=5))
    def test_any_text_can_be_stored(self, tmp_path: Place, values: list[str]) -> None:
        """NUL, lone surrogates and whatever else a file name or a title may hold; spans stay where they were."""
        source, url, outlet, title, text = values
        row = judged(text or "x", source or "x", url=url, outlet=outlet, title=title)
        with Store.open(":memory:") as store:
            writer = Writer(store, [source], {})
            writer.put(Entry(row, b"", sketch(row.text or "")))
            writer.commit()
            (stored,) = store.rows()
            writer.close()
        assert stored.row.text is not None
        assert len(stored.row.text) == len(row.text or "")
        assert "\0" not in "".join(filter(None, (stored.row.source, stored.row.url, stored.row.title, stored.row.text)))

    def test_huge_values_are_cut(self, path: Place) -> None:
        """A title of ten megabytes is no title; the row takes a few kilobytes."""
        write(path, judged("words", title="t" * 10_000_000, outlet="o" * 10_000_000))
        (row,) = read(path)
        assert row.title is not None
        assert len(row.title) == 2000
        assert not isinstance(path, Path) or path.stat().st_size < 1_000_000

    def test_statements_in_titles_are_text(self, path: Place) -> None:
        """What looks like SQL is a title."""
        write(path, judged("words", title="'); DROP TABLE articles; --", outlet='" OR 1=1 --'))
        assert len(read(path, Filter(outlet='" OR 1=1 --'))) == 1
        assert read(path, Filter(outlet="' OR 1=1 --")) == []

    def test_credentials_are_not_stored(self, path: Place) -> None:
        """User name and password of a feed's address are left out of the account of a run."""
        with Store.open(path) as store:
            Writer(store, ["https://me:secret@example.org/feed"], {}).close()
            sources = store.connection.exec_driver_sql("SELECT sources FROM runs").scalar_one()
        assert json.loads(sources) == ["https://example.org/feed"]


class TestFilters:
    """Which rows, in which order."""

    @pytest.fixture
    def path(self, place: Place) -> Place:
        """Where the store is: all this holds for a file and for a database."""
        return place

    @pytest.fixture
    def feed(self, path: Place) -> Place:
        """Five articles and an error."""
        write(
            path,
            judged("SPUN one", "1", outlet="Alpha", date="2026-11-20"),
            judged("SUSPECT two", "2", outlet="alpha", date="2026-11-21T23:00:00Z"),
            judged("three", "3", outlet="Beta", date="2026-11-22"),
            judged("SPUN four", "4", url="https://www.gamma.example/4", date="2026-11-22T08:00:00Z"),
            AuditRow("5", outlet="Beta", date="2026-11-23", error="5 is empty.", error_kind="unreadable"),
        )
        return path

    @pytest.mark.parametrize(
        ("where", "sources"),
        [
            (Filter(), "12345"),
            (Filter(since="2026-11-21"), "2345"),
            (Filter(since="2026-11-22", until="2026-11-22"), "34"),
            (Filter(until="2026-11-21"), "12"),
            (Filter(outlet="ALPHA"), "12"),
            (Filter(outlet="gamma.example"), "4"),
            (Filter(label=Label.SPUN), "14"),
            (Filter(min_probability=0.5), "124"),
            (Filter(errors=True), "5"),
            (Filter(errors=False, since="2026-11-22"), "34"),
        ],
    )
    def test_rows_that_meet_a_filter(self, feed: Place, where: Filter, sources: str) -> None:
        """Each condition lets through what it says, and count agrees."""
        assert "".join(sorted(row.source for row in read(feed, where))) == sources
        with Store.open(feed, read_only=True) as store:
            assert store.count(where) == len(sources)

    @pytest.mark.parametrize(
        ("order", "sources"), [(Order.ADDED, "12345"), (Order.DATE, "12345"), (Order.PROBABILITY, "14235")]
    )
    def test_rows_come_in_order(self, feed: Place, order: Order, sources: str) -> None:
        """As added, by date, or the most probable first."""
        assert "".join(row.source for row in read(feed, order=order)) == sources

    def test_a_date_that_is_none_is_refused(self) -> None:
        """A filter with a mistyped date says so."""
        with pytest.raises(UnspinError, match="“yesterday” is no date"):
            Filter(since="yesterday").condition()


class TestRefused:
    """What is no store is left alone, with one sentence."""

    def test_a_text_file(self, path: Path) -> None:
        """A file that is not SQLite."""
        path.write_text("Talks ended.\n" * 500)
        before = path.read_bytes()
        for read_only in (False, True):
            with pytest.raises(StoreError, match="this is no audit store"):
                Store.open(path, read_only=read_only)
        assert path.read_bytes() == before

    def test_another_programs_database(self, path: Path) -> None:
        """An SQLite file with somebody else's tables."""
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE articles (id)")
        other.close()
        before = path.read_bytes()
        with pytest.raises(StoreError, match="of another program"):
            Store.open(path)
        assert path.read_bytes() == before

    def test_a_newer_store(self, path: Path) -> None:
        """A store of an unspin to come."""
        Store.open(path).close()
        with sqlite3.connect(path) as other:
            other.execute(f"PRAGMA user_version = {schema.version() + 1}")
        other.close()
        with pytest.raises(StoreError, match=r"newer unspin .*Update unspin"):
            Store.open(path)

    @pytest.mark.parametrize("read_only", [False, True])
    def test_a_folder_and_a_place_that_is_not(self, tmp_path: Path, read_only: bool) -> None:
        """Folders, and files in folders that do not exist."""
        with pytest.raises(StoreError, match="this is a folder"):
            Store.open(tmp_path, read_only=read_only)
        with pytest.raises(StoreError, match="does not exist"):
            Store.open(tmp_path / "nowhere" / "audit.sqlite", read_only=read_only)

    @pytest.mark.parametrize("read_only", [False, True])
    @pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(36, "File name too long")])
    def test_a_place_that_cannot_be_looked_at(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, read_only: bool
    ) -> None:
        """A file in a folder that may not be searched, and a whole text in place of a name."""

        def refuse(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(Path, "stat", refuse)
        with pytest.raises(StoreError, match=rf"audit\.sqlite: .*{error.strerror}.*Check the name"):
            Store.open(path, read_only=read_only)
        with pytest.raises(StoreError, match=r"^x{60}\.\.\.: "):
            Store.open(Path("x" * 5000), read_only=read_only)

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_a_link_to_itself(self, path: Path) -> None:
        """It leads nowhere, and that is told."""
        path.symlink_to(path)
        with pytest.raises(StoreError, match="no store can be looked for there"):
            Store.open(path)

    def test_nothing_to_read(self, path: Path) -> None:
        """Reading makes no store, and an empty file is none."""
        with pytest.raises(StoreError, match="there is no such store"):
            Store.open(path, read_only=True)
        assert not path.exists()
        path.touch()
        with pytest.raises(StoreError, match="the store is empty"):
            Store.open(path, read_only=True)

    def test_a_damaged_store(self, path: Path) -> None:
        """Overwritten pages are noticed when they are read, not answered with nonsense."""
        write(path, *(judged(f"article {n} " * 50, str(n)) for n in range(50)))
        data = bytearray(path.read_bytes())
        data[8192 : len(data) // 2] = b"\xff" * (len(data) // 2 - 8192)
        path.write_bytes(data)
        with pytest.raises(StoreError, match=r"damaged|cannot be used"), Store.open(path, read_only=True) as store:
            list(store.rows())

    @pytest.mark.parametrize("columns", ["[" * 5000, '[{"a": 1}]', "[1", "5"])
    def test_a_damaged_row(self, path: Path, columns: str) -> None:
        """A cell that does not hold what it should is told in one sentence."""
        write(path, judged("article", "a"))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE details SET columns = ?", (columns,))
        with Store.open(path, read_only=True) as store:
            with pytest.raises(StoreError, match="the store is damaged"):
                store.row(1)
            with pytest.raises(StoreError, match="the store is damaged"):
                list(store.rows())

    def test_a_damaged_table_name(self, path: Path) -> None:
        """SQLite names the table in its error, in whatever bytes it has."""
        write(path, judged("article", "a"))
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        data = path.read_bytes()
        path.write_bytes(data.replace(b"CREATE TABLE bands", b"CREATE TABLX ban\xed\x80"))
        with pytest.raises(StoreError, match="the store is damaged"):
            Store.open(path, read_only=True)

    def test_two_audits_at_once(self, path: Path) -> None:
        """A second writer is refused while the first lives; a reader is not."""
        with Store.open(path) as first, Store.open(path) as second:
            writer = Writer(first, [], {})
            with pytest.raises(UnspinError, match="another audit is writing"):
                Writer(second, [], {})
            assert Store.open(path, read_only=True).count() == 0
            writer.close()
            Writer(second, [], {}).close()

    def test_two_names_of_one_store(self, path: Path) -> None:
        """A hard link or a symbolic one leads past no lock; a copy is another store."""
        Store.open(path).close()
        hard, soft, copy = (path.with_name(name) for name in ("hard.sqlite", "soft.sqlite", "copy.sqlite"))
        copy.write_bytes(path.read_bytes())
        hard.hardlink_to(path)
        soft.symlink_to(path)
        with Store.open(path) as first:
            writer = Writer(first, [], {})
            for name in (hard, soft):
                with Store.open(name) as second, pytest.raises(UnspinError, match="another audit is writing"):
                    Writer(second, [], {})
            with Store.open(copy) as other:
                Writer(other, [], {}).close()
            writer.close()
        with Store.open(hard) as again:
            Writer(again, [], {}).close()
        assert not list(path.parent.glob("*-lock"))

    def test_a_store_where_nothing_may_be_written(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A store on a read-only disk is read; one that is being written there is not taken for finished."""
        write(path, judged("article " * 50, "1"))
        real = os.access
        monkeypatch.setattr(os, "access", lambda place, mode: mode != os.W_OK and real(place, mode))
        with Store.open(path, read_only=True) as store:
            assert store.count() == 1
            # Nothing was made beside it.
            assert [each.name for each in path.parent.iterdir()] == [path.name]

    def test_a_lock_dies_with_its_process(self, path: Path) -> None:
        """After kill -9 the store is free at once."""
        code = (
            "import os, signal, sys; from detector.audit.store import Store; from detector.audit.writing import Writer; "
            "writer = Writer(Store.open(sys.argv[1]), [], {}); os.kill(os.getpid(), signal.SIGKILL)"
        )
        subprocess.run([sys.executable, "-c", code, str(path)], check=False)
        with Store.open(path) as store:
            Writer(store, [], {}).close()
        assert not path.with_name("audit.sqlite-lock").exists()


class TestSafe:
    """Transactions, full disks, migrations."""

    def test_a_full_disk_is_one_sentence_and_loses_nothing(self, path: Path) -> None:
        """What was committed before stays, and there is room again after room was made."""
        rows = [judged(f"{n} " + " ".join(f"w{n}x{k}" for k in range(400)), str(n)) for n in range(200)]
        write(path, *rows[:20])
        with Store.open(path) as store:
            pages = store.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            store.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
            writer = Writer(store, [], {})
            put_all(writer, rows[20:])
            with pytest.raises(StoreError, match=r"the disk is full.*run the same command again"):
                writer.commit()
            writer.close()
        assert len(read(path)) >= 20
        write(path, *rows)
        assert sorted(row.source for row in read(path)) == sorted(row.source for row in rows)

    def test_what_is_not_committed_is_not_there(self, place: Place) -> None:
        """A crash between commits leaves whole rows of before."""
        with Store.open(place) as store:
            writer = Writer(store, [], {})
            writer.put(Entry(judged("one", "1")))
            writer.commit()
            writer.put(Entry(judged("two", "2")))
            assert [row.source for row in read(place)] == ["1"]
            writer.close()
        assert [row.source for row in read(place)] == ["1", "2"]

    def test_an_interrupted_row_is_not_half_written(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C in the middle of a row takes the transaction back, and the next one writes every row whole."""
        with Store.open(place) as store:
            writer = Writer(store, [], {})
            put_all(writer, [judged("one", "1"), judged("two", "2")])
            with monkeypatch.context() as patched:
                patched.setattr(Writer, "_story", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    writer.commit()
            assert read(place) == []
            writer.close()
        assert [row.source for row in read(place)] == ["1", "2"]
        with Store.open(place, read_only=True) as store:
            assert store.connection.exec_driver_sql("SELECT count(*) FROM details").scalar() == 2

    def test_ctrl_c_within_a_statement_loses_no_row(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        """The driver may end the connection then; the rows are written over a new one."""
        with Store.open(place) as store:
            writer = Writer(store, [], {})
            put_all(writer, [judged("one", "1"), judged("two", "2")])
            with monkeypatch.context() as patched:
                patched.setattr(type(store.connection.dialect), "do_execute", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    writer.commit()
            assert store._connection.invalidated
            writer.close()
        assert [row.source for row in read(place)] == ["1", "2"]

    def test_an_older_store_is_brought_up_to_date(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Migrations run in order, once, and only for who may write."""
        write(path, judged("one", "1"))
        steps = []

        def more(connection: Connection) -> None:
            steps.append("more")
            connection.exec_driver_sql("ALTER TABLE articles ADD COLUMN more TEXT")

        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, more))
        with monkeypatch.context() as patched:
            patched.setattr(schema, "show_as_newer", lambda _: False)
            with pytest.raises(StoreError, match="older unspin"):
                Store.open(path, read_only=True)
        for _ in range(2):
            Store.open(path).close()
        assert steps == ["more"]
        assert [row.source for row in read(path)] == ["1"]

    def test_a_migration_that_fails_changes_nothing(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The old version of unspin can still read the store."""
        write(path, judged("one", "1"))

        def broken(connection: Connection) -> None:
            connection.exec_driver_sql("DELETE FROM articles")
            connection.exec_driver_sql("nonsense")

        with monkeypatch.context() as patched:
            patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
            with pytest.raises(StoreError):
                Store.open(path)
        assert [row.source for row in read(path)] == ["1"]

    def test_a_run_says_when_it_ended_and_how(self, path: Path) -> None:
        """Runs are on record with sources, settings and outcome."""
        write(path, judged("one"))
        with Store.open(path, read_only=True) as store:
            (found,) = store.connection.exec_driver_sql(
                "SELECT sources, settings, outcome, ended IS NOT NULL FROM runs"
            )
        assert [json.loads(value) for value in found[:3]] == [["a test"], {"grammar": "none"}, {"done": 1}]
        assert found[3] == 1


STORY = " ".join(f"word{n}" for n in range(300))


class TestStories:
    """One story on thirty sites counts once."""

    @pytest.fixture
    def path(self, place: Place) -> Place:
        """Where the store is: all this holds for a file and for a database."""
        return place

    def test_near_duplicates_share_a_story(self, path: Place) -> None:
        """A copy with another beginning, one cut short, and one in capitals are one story; another story is not."""
        write(
            path,
            judged(STORY, "1"),
            judged("By our own staff, Monday. " + STORY, "2"),
            judged(" ".join(STORY.split()[:220]), "3"),
            judged(STORY.upper(), "4"),
            judged(" ".join(f"other{n}" for n in range(300)), "5"),
            AuditRow("6", error="6 is empty.", error_kind="unreadable"),
        )
        with Store.open(path, read_only=True) as store:
            stories = {stored.row.source: stored.story for stored in store.rows()}
            once = Filter(stories_once=True, errors=False)
            assert store.count(once) == 2
            assert [stored.row.source for stored in store.rows(once)] == ["1", "5"]
        assert stories["1"] == stories["2"] == stories["3"] == stories["4"] != stories["5"]
        assert stories["6"] is None

    def test_a_story_stays_when_it_is_judged_again(self, path: Place) -> None:
        """Rescoring moves no article to another story and makes no story twice."""
        for _ in range(2):
            write(path, judged(STORY, "1"), judged(STORY + " more", "2"))
        with Store.open(path, read_only=True) as store:
            assert {stored.story for stored in store.rows()} == {1}
            assert store.connection.exec_driver_sql("SELECT count(*) FROM stories").fetchone() == (1,)

    def test_the_models_columns_are_named_once(self, path: Place) -> None:
        """A model that first abstains and then judges has its columns on record."""
        write(path, judged("TOO_SHORT", "1"), judged("long enough", "2"))
        with Store.open(path, read_only=True) as store:
            found = store.connection.exec_driver_sql("SELECT signature, columns, spun_rate FROM models").fetchall()
        assert found == [(SIGNATURE, '["gaps_share","odd_words_share"]', 0.005)]
