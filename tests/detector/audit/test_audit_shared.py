"""One store on a real PostgreSQL server: several audits at once, audits that die, and servers that refuse."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from audit_fakes import FakeMaker, different, records, verdict
from audit_script import write

from detector.audit import audit, schema
from detector.audit.backends import Here
from detector.audit.engine import Engine
from detector.audit.identity import text_hash
from detector.audit.opening import connect
from detector.audit.place import Server, StoreError, place_of
from detector.audit.report.reading import reading
from detector.audit.row import AuditRow
from detector.audit.row import summarise as judgement
from detector.audit.store import Store
from detector.audit.tally import Tally
from detector.audit.work import Orders
from detector.audit.writing import Entry, Writer
from detector.cli import main

SCRIPT = Path(__file__).parent / "fakes" / "audit_script.py"
ARTICLES = 240
MOST_SECONDS = 120.0


@pytest.fixture
def stores(database: str) -> Iterator[tuple[Store, Store]]:
    """Two connections to one store."""
    with Store.open(database) as one, Store.open(database) as other:
        yield one, other


def row(source: str, text: str) -> AuditRow:
    """A row with a verdict."""
    return AuditRow(source, text_hash(text), verdict=judgement(verdict(text)))


class TestClaims:
    """Who may judge a record."""

    def test_one_of_two_gets_a_record(self, stores: tuple[Store, Store]) -> None:
        """The other gets what is left, and each keeps its own."""
        one, other = (Writer(store, [], {}) for store in stores)
        assert one.claim([b"a", b"b"]) == {b"a", b"b"}
        assert other.claim([b"b", b"c"]) == {b"c"}
        assert one.claim([b"b"]) == {b"b"}
        one.close()
        assert other.claim([b"a", b"b"]) == {b"a", b"b"}
        other.close()

    def test_a_claim_ends_with_its_row(self, stores: tuple[Store, Store]) -> None:
        """Not before: until the row is stored, nobody else judges the record."""
        one, other = (Writer(store, [], {}) for store in stores)
        one.claim([b"a"])
        one.put(Entry(row("a", "one"), b"a"))
        assert other.claim([b"a"]) == set()
        one.commit()
        assert other.stored([b"a"]) == {b"a"}
        assert other.claim([b"a"]) == {b"a"}

    def test_a_claim_that_is_not_renewed_expires(self, stores: tuple[Store, Store]) -> None:
        """What a dead audit had claimed is judged by another; what a living one has claimed is not."""
        dead, alive = Writer(stores[0], [], {}, lease=0.0), Writer(stores[1], [], {})
        dead.claim([b"a", b"b"])
        assert alive.claim([b"a"]) == {b"a"}
        dead.commit()  # renews what is still its own
        assert dead.claim([b"a"]) == set()

    def test_whoever_wakes_up_too_late_changes_nothing(self, stores: tuple[Store, Store]) -> None:
        """The first verdict counts, and there is one row."""
        late, other = Writer(stores[0], [], {}, lease=0.0), Writer(stores[1], [], {})
        late.claim([b"a"])
        other.claim([b"a"])
        other.put(Entry(row("a", "one"), b"a"))
        other.commit()
        late.put(Entry(row("a", "one"), b"a"))
        late.commit()
        (stored,) = stores[0].rows()
        assert (stored.run, stored.tries) == (2, 1)

    def test_near_duplicates_of_two_audits_are_one_story(self, stores: tuple[Store, Store]) -> None:
        """Each sees the stories of the other when it writes."""
        from detector.audit.near_duplicates import sketch

        text = " ".join(f"word{n}" for n in range(300))
        for number, store in enumerate(stores):
            writer = Writer(store, [], {})
            writer.put(Entry(row(str(number), text), b"", sketch(text)))
            writer.commit()
        assert {stored.story for stored in stores[0].rows()} == {1}


def test_two_audits_make_one_store(database: str) -> None:
    """Whoever comes second waits, and then finds the store."""
    failed = []

    def make() -> None:
        try:
            Store.open(database).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(MOST_SECONDS)
    assert failed == []


def test_two_audits_share_the_work(database: str, tmp_path: Path) -> None:
    """Two engines with the same sources: every article is judged by one of them, and each counts all of them."""
    log = tmp_path / "log"
    texts = list(different(80))
    tallies = [Tally(), Tally()]
    Store.open(database).close()

    def work(tally: Tally) -> None:
        with Store.open(database) as store:
            writer = Writer(store, [], {})
            orders = Orders(FakeMaker(log=str(log), seconds=0.005))
            list(Engine(Here(), orders, writer=writer, tally=tally).run(records(*texts)))
            writer.close()

    threads = [threading.Thread(target=work, args=(tally,)) for tally in tallies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(MOST_SECONDS)
    judged = log.read_text().splitlines()
    assert sorted(judged) == sorted(texts)
    assert [tally.done for tally in tallies] == [len(texts)] * 2
    assert all(tally.judged for tally in tallies)
    with Store.open(database, read_only=True) as store:
        assert store.count() == len(texts)
        assert store.connection.exec_driver_sql("SELECT count(*) FROM claims").scalar() == 0


def test_kill_9_loses_and_doubles_nothing(database: str, tmp_path: Path) -> None:
    """Two audits of one store are killed again and again; in the end every article is there once."""
    feed = tmp_path / "feed.jsonl"
    write(str(feed), ARTICLES)
    chance = random.Random(9)

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(SCRIPT), database, str(feed), "0.02"]
        return subprocess.Popen(command, env={**os.environ, "UNSPIN_TEST_LEASE": "2"})

    def stored() -> int:
        with Store.open(database) as store:
            return store.count()

    running, killed = [start(), start()], 0
    until = time.monotonic() + MOST_SECONDS
    while killed < 4 and any(process.poll() is None for process in running):
        before = stored()
        while stored() <= before and any(process.poll() is None for process in running):
            assert time.monotonic() < until, "the audits store nothing"
            time.sleep(0.05)
        victim = chance.randrange(2)
        running[victim].kill()
        killed += running[victim].wait() < 0
        running[victim] = start()
    assert [process.wait(MOST_SECONDS) for process in running] == [0, 0]
    assert killed
    with Store.open(database, read_only=True) as store:
        found = list(store.rows())
        ask = store.connection.exec_driver_sql
        assert ask("SELECT count(*) FROM details").scalar() == ARTICLES
        assert ask("SELECT count(*) FROM claims").scalar() == 0
    assert sorted(stored.row.source for stored in found) == sorted(f"{feed}:{n}" for n in range(1, ARTICLES + 1))
    assert {stored.tries for stored in found} == {1}


def test_rows_are_of_one_moment(database: str) -> None:
    """An audit may write while somebody reads."""
    with Store.open(database) as store:
        writer = Writer(store, [], {})
        writer.put(Entry(row("a", "one")))
        writer.commit()
        with reading(database) as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM articles").scalar()
            writer.put(Entry(row("b", "two")))
            writer.commit()
            assert connection.exec_driver_sql("SELECT count(*) FROM articles").scalar() == before == 1


class TestRefused:
    """One sentence for each thing that can be wrong; never with the password."""

    def test_no_server(self) -> None:
        """Nobody listens there."""
        with pytest.raises(
            StoreError, match=r"postgresql://me@127\.0\.0\.1:1/audit: the server does not answer"
        ) as told:
            Store.open("postgresql://me:secret@127.0.0.1:1/audit")
        assert "secret" not in str(told.value)

    def test_no_such_database(self, database: str) -> None:
        """The server says so, and unspin says how to make it."""
        with pytest.raises(StoreError, match=r"there is no such database .*createdb --encoding UTF8 gone"):
            Store.open(database.rpartition("/")[0] + "/gone")

    def test_no_store_in_the_database(self, database: str) -> None:
        """Reading makes none."""
        with pytest.raises(StoreError, match="there is no store in this database"):
            Store.open(database, read_only=True)

    def test_a_newer_store(self, database: str) -> None:
        """A store of an unspin to come."""
        with Store.open(database) as store:
            store.connection.execute(schema.format_.update().values(version=schema.version() + 1))
        for read_only in (False, True):
            with pytest.raises(StoreError, match=r"newer unspin .*Update unspin"):
                Store.open(database, read_only=read_only)

    def test_a_password_that_is_wrong_and_a_user_without_rights(self, database: str) -> None:
        """The user of the server's list whose password is asked for."""
        import psycopg

        address = database.replace("unspin@", "with_password:PASSWORD@")
        with psycopg.connect(database, autocommit=True) as sql:
            sql.execute("DROP ROLE IF EXISTS with_password")
            sql.execute("CREATE ROLE with_password LOGIN PASSWORD 'right'")
            with pytest.raises(StoreError, match=r"with_password@.*refuses the user or the password") as told:
                Store.open(address.replace("PASSWORD", "wr0ng"))
            assert "wr0ng" not in str(told.value)
            with pytest.raises(StoreError, match=r"the user with_password lacks a right \(permission denied"):
                Store.open(address.replace("PASSWORD", "right"))
            Store.open(database).close()
            with pytest.raises(StoreError, match="lacks a right"):
                Store.open(address.replace("PASSWORD", "right"), read_only=True)
            sql.execute("DROP ROLE with_password")

    @pytest.mark.parametrize(
        "address",
        ["postgresql://me:top@secret@host/audit", "postgresql://me:secret@host:port/audit"],
    )
    def test_an_address_that_cannot_be_read(self, address: str) -> None:
        """A password with a character that must be encoded is not shown as part of a host."""
        with pytest.raises(StoreError, match="cannot be read") as told:
            place_of(address)
        assert "secret" not in str(told.value)

    def test_a_server_that_goes_away(self, database: str) -> None:
        """What was stored before is safe, and the command says so."""
        with Store.open(database) as store:
            writer = Writer(store, [], {})
            writer.put(Entry(row("a", "one")))
            writer.commit()
            with connect(Server(database), read_only=True) as other:
                other.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            writer.put(Entry(row("b", "two")))
            with pytest.raises(StoreError, match=r"the server does not answer .*What was stored before is safe"):
                writer.commit()
        with Store.open(database, read_only=True) as store:
            assert store.count() == 1

    def test_the_command_says_it_in_one_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Exit code 2, one sentence, no password, no traceback."""
        (tmp_path / "a.txt").write_text("Talks ended on Monday. " * 40)
        place = "postgresql://me:secret@127.0.0.1:1/audit"
        for command in (["audit", str(tmp_path), "--store", place, "--quiet"], ["report", place]):
            assert main(command) == 2
            said = capsys.readouterr().err
            assert "the server does not answer" in said
            assert said.count("\n") == 1
            assert "secret" not in said


def test_the_library_takes_an_address(database: str, tmp_path: Path) -> None:
    """From a folder to a store on a server, and again without judging anything."""
    (tmp_path / "a.txt").write_text("SPUN words")
    for expected in (1, 0):
        assert len(list(audit([str(tmp_path)], store=database, checker=FakeMaker(), jobs=0))) == expected
