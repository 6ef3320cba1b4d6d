"""An audit with an archive: the best source of each article, kept beside its verdict and told in the report."""

import json
import math
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit_fakes import FakeMaker
from audit_old_store import make

from detector.archive import open_archive
from detector.archive.story import ArchivedStory
from detector.audit import AuditRow, Store, Tally, audit
from detector.audit import work as worker
from detector.audit.report import summarise, to_frame
from detector.audit.report.page import as_html
from detector.audit.report.rows import FIELDS, FIRST_FIELDS
from detector.audit.report.terminal import as_text
from detector.audit.schema import SOURCES, TABLES, version
from detector.audit.traced import Traced
from detector.cli import main
from detector.errors import UnspinError
from detector.tracing import lasting_tracer
from detector.tracing.lasting_tracer import LastingTracer
from detector.tracing.relation import Relation

sys.path.insert(0, str(Path(__file__).parents[1] / "tracing" / "fakes"))

from memory_archive import FERRY, SPUN_TALKS, TALKS, stories

pytest.importorskip("tantivy", reason="the embedded archive needs tantivy")

RECIPE = "A recipe for plum jam. " * 20


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An archive with the small newsroom's stories."""
    folder = tmp_path / "wire.archive"
    with closing(open_archive(folder, create=True)) as made:
        made.add(stories())
    return folder


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each test opens its own archive, in this process."""
    worker._TRACERS.clear()
    yield
    for tracer in worker._TRACERS.values():
        tracer.close()
    worker._TRACERS.clear()


def feed(folder: Path, *articles: Mapping[str, str]) -> str:
    """A source of these articles."""
    path = folder / "feed.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    return str(path)


def rows(source: str, **more: Any) -> list[AuditRow]:  # noqa: ANN401 - what an audit takes
    """The rows of an audit in this process, in the order of the source."""
    made = audit([source], jobs=0, checker=FakeMaker(), **more)
    return sorted(made, key=lambda row: int(row.source.rpartition(":")[2]))


def traced(row: AuditRow) -> Traced:
    """What an archive said of it."""
    assert row.traced is not None
    return row.traced


SPUN = {"text": SPUN_TALKS, "outlet": "Harbour Digest", "date": "2026-11-20T11:00:00Z", "title": "Dock talks"}


class TestRows:
    """What is found and kept."""

    def test_each_article_gets_its_best_source(self, tmp_path: Path, place: Path) -> None:
        """A rewrite, a copy and an article without a source; the store gives back what the audit gave."""
        source = feed(tmp_path, SPUN, {"text": FERRY, "outlet": "Quay Weekly"}, {"text": RECIPE, "outlet": "Kitchen"})
        store = tmp_path / "a.sqlite"
        made = rows(source, archive=place, store=store)
        spun, copy, none = map(traced, made)
        assert (spun.relation, spun.proven, spun.id, spun.outlet) == (Relation.REWRITE, True, "talks", "Example Agency")
        assert (copy.relation, copy.proven, copy.title) == (Relation.COPY, False, "Fewer lorries on the Hull route")
        assert (none.relation, none.proven) == (Relation.NONE, False)
        with Store.open(store, read_only=True) as opened:
            kept = [row.row.traced for row in opened.rows()]
        assert kept[:2] == [spun, copy]
        assert kept[2] is not None
        assert kept[2].relation is Relation.NONE

    def test_the_verdict_is_the_same_as_without(self, tmp_path: Path, place: Path) -> None:
        """Two signals."""
        source = feed(tmp_path, SPUN)
        (alone,), (both,) = rows(source), rows(source, archive=place)
        assert alone.traced is None
        assert str(alone.verdict) == str(both.verdict)

    @pytest.mark.parametrize(
        ("facts", "note"),
        [
            ({"date": "2026-11-01"}, "younger"),
            ({"outlet": "example agency"}, "one outlet"),
            ({"outlet": "Licensed Daily"}, "may republish"),
        ],
    )
    def test_what_counts_against_nobody(self, tmp_path: Path, place: Path, facts: dict[str, str], note: str) -> None:
        """Dates, the outlet's own stories and licences; a note says why."""
        licensed = [("Licensed Daily", "Example Agency")]
        (row,) = rows(feed(tmp_path, SPUN | facts), archive=place, licensed=licensed)
        assert (traced(row).relation, traced(row).proven) == (Relation.REWRITE, False)
        assert note in traced(row).note

    def test_a_site_without_a_name_owns_its_stories(self, tmp_path: Path) -> None:
        """An update of a story at the same host accuses nobody, though neither names an outlet."""
        place = tmp_path / "own.archive"
        with closing(open_archive(place, create=True)) as made:
            made.add([ArchivedStory("a", TALKS, url="https://www.example.org/a")])
        articles = [{"text": SPUN_TALKS, "url": f"https://{host}/b"} for host in ("example.org", "example.net")]
        own, other = rows(feed(tmp_path, *articles), archive=place)
        assert (traced(own).proven, traced(other).proven) == (False, True)

    def test_the_same_text_counts_by_its_place(self, tmp_path: Path, place: Path) -> None:
        """A verdict is copied to another place of one record; a proof is not."""
        text = SPUN_TALKS.encode()
        folder = tmp_path / "in"
        for name in ("one", "two"):
            (folder / name).mkdir(parents=True)
            (folder / name / "story.txt").write_bytes(text)
        made = list(audit([str(folder)], jobs=0, checker=FakeMaker(), archive=place, store=tmp_path / "a.sqlite"))
        assert [traced(row).proven for row in made] == [True, True]

    def test_an_archive_that_fails_costs_no_verdict(
        self, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The row says so in one sentence; --rescore tries again, and no later run without an archive forgets."""
        monkeypatch.setattr(worker, "_PAUSE", 0.0)
        source, store, away = feed(tmp_path, SPUN), tmp_path / "a.sqlite", tmp_path / "away"
        shutil.move(place, away)
        tally = Tally()
        (row,) = rows(source, archive=place, store=store, tally=tally)
        assert row.verdict is not None
        assert traced(row).relation is None
        assert "archive" in traced(row).error
        assert (tally.not_traced, tally.errors, tally.trace_error) == (1, 0, traced(row).error)
        shutil.move(away, place)
        assert rows(source, archive=place, store=store) == []
        (again,) = rows(source, archive=place, store=store, rescore=True)
        assert traced(again).proven
        assert rows(source, archive=place, store=store, rescore=True) == []
        list(audit([source], jobs=0, checker=FakeMaker("another model"), store=store, rescore=True))
        with Store.open(store, read_only=True) as opened:
            (kept,) = (row.row for row in opened.rows())
        assert kept.verdict is not None
        assert kept.verdict.signature == "another model"
        assert kept.traced == again.traced

    def test_known_rewrites_are_counted(self, tmp_path: Path, place: Path) -> None:
        """A gate answers the same the second time."""
        source, store = feed(tmp_path, SPUN), tmp_path / "a.sqlite"
        for _ in range(2):
            tally = Tally()
            rows(source, archive=place, store=store, tally=tally)
            assert (tally.rewrites, tally.as_dict()["rewrites"]) == (1, 1)

    def test_in_worker_processes(self, tmp_path: Path, place: Path) -> None:
        """As audits usually run; an article that kills its worker costs the others no verdict."""
        kill = {"text": "KILL ALWAYS", "outlet": "X"}
        source = feed(tmp_path, SPUN, {"text": RECIPE}, kill)
        made = sorted(
            audit([source], jobs=1, checker=FakeMaker(), archive=place), key=lambda row: row.source.rpartition(":")[2]
        )
        assert [row.error_kind for row in made] == [None, None, "worker"]
        assert [traced(row).proven or bool(traced(row).error) for row in made[:2]] == [True, True]


def test_an_archive_that_failed_is_left_alone_for_a_while(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million articles must not each wait for a server that is down."""
    asked = []

    def fail(place: str) -> None:
        asked.append(place)
        raise UnspinError("it is down.")

    monkeypatch.setattr(lasting_tracer, "open_archive", fail)
    for pause, times in ((math.inf, 1), (0.0, 3)):
        asked.clear()
        tracer = LastingTracer(str(place), pause=pause)
        for _ in range(3):
            with pytest.raises(UnspinError, match="it is down"):
                tracer.trace(TALKS)
        assert len(asked) == times


class TestOlderStores:
    """Those that an earlier unspin wrote."""

    @pytest.fixture
    def old(self, tmp_path: Path) -> Path:
        """One of the first version, with an article."""
        path = tmp_path / "old.sqlite"
        make(path)
        return path

    def test_they_are_read_as_they_are(self, old: Path) -> None:
        """By the store and the report; nothing is written."""
        before = old.read_bytes()
        with Store.open(old, read_only=True) as store:
            (row,) = (stored.row for stored in store.rows())
            assert (row.source, row.traced) == ("a.txt", None)
        summary = summarise(old)
        assert (summary.stories.clean, summary.sources) == (1, None)
        assert to_frame(old)["relation"].isna().all()
        assert old.read_bytes() == before

    def test_they_become_new_ones_when_written(self, old: Path) -> None:
        """With everything that they held."""
        with Store.open(old) as store:
            assert store.connection.exec_driver_sql("PRAGMA user_version").fetchone() == (version(),)
            assert [stored.row.source for stored in store.rows()] == ["a.txt"]
            tables = store.connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")
            assert {name for (name,) in tables} == set(TABLES.tables)
            for table in TABLES.sorted_tables:
                names = store.connection.exec_driver_sql(f"PRAGMA table_info({table.name})")
                assert [row[1] for row in names] == table.c.keys()


def test_columns_and_exports_name_the_same(tmp_path: Path) -> None:
    """What the store has of a source, every table has; fields of earlier exports keep their places."""
    assert tuple(field.name for field in FIELDS[FIRST_FIELDS:][: len(SOURCES)]) == SOURCES
    with Store.open(tmp_path / "a.sqlite") as store:
        names = [row[1] for row in store.connection.exec_driver_sql("PRAGMA table_info(articles)")]
    assert set(SOURCES) < set(names)


class TestReport:
    """What the report says."""

    @pytest.fixture
    def store(self, tmp_path: Path, place: Path) -> Path:
        """Two outlets rewrite the agency, one of them twice by way of a near-duplicate, and one copies."""
        path = tmp_path / "a.sqlite"
        script = "<script>alert(1)</script>"
        source = feed(
            tmp_path,
            SPUN,
            SPUN | {"date": "2026-11-20T12:00:00Z", "url": "https://example.org/2"},
            SPUN | {"outlet": script, "date": "2026-11-22", "text": "SPUN " + SPUN_TALKS, "title": script},
            {"text": FERRY, "outlet": "Quay Weekly"},
            {"text": RECIPE + " SPUN", "outlet": "Harbour Digest"},
        )
        rows(source, archive=place, store=path)
        return path

    def test_outlets_by_proven_rewrites(self, store: Path) -> None:
        """Beside suspected ones; near-duplicates of an outlet count once."""
        found = summarise(store).sources
        assert found is not None
        assert (found.traced, found.rewrites, found.copies, found.unrelated, found.failed) == (5, 3, 1, 1, 0)
        assert (found.proven, found.hidden, len(found.proofs)) == (2, 1, 2)
        first, second = found.rewriters
        assert tuple(first) == ("<script>alert(1)</script>", 1, 0, 0, 1)
        assert tuple(second) == ("Harbour Digest", 1, 1, 1, 2)

    def test_who_rewrites_whom_and_how_fast(self, store: Path) -> None:
        """Hours where both have a time, else days."""
        found = summarise(store).sources
        assert found is not None
        told = {
            route.outlet: (route.source_outlet, route.stories, round(route.hours, 3), route.exact)
            for route in found.routes
        }
        assert told == {
            "Harbour Digest": ("Example Agency", 1, 3.0, True),
            "<script>alert(1)</script>": ("Example Agency", 1, 48.0, False),
        }

    def test_what_is_clean_by_its_words_stands_out(self, store: Path) -> None:
        """First in the list, and named in the report."""
        summary = summarise(store)
        found = summary.sources
        assert found is not None
        assert found.proofs[0].hidden
        assert found.proofs[0].source_title == "Port talks in Geneva"
        for told in (as_text(summary, width=100), as_html(summary)):
            assert "clean by its words" in told
            assert "Port talks in Geneva" in told
            assert "3 hours later" in told
        assert "<script>" not in as_html(summary)
        assert 'class="proof hidden-rewrite"' in as_html(summary)
        plain = json.loads(json.dumps(summary.as_dict()))
        assert plain["sources"]["proofs"][0]["label"] == "clean"

    def test_filters_narrow_it(self, store: Path) -> None:
        """As everything else in the report."""
        from detector.audit import Filter

        found = summarise(store, Filter(outlet="Quay Weekly")).sources
        assert found is not None
        assert (found.traced, found.copies, found.proven, found.proofs) == (1, 1, 0, ())
        few = summarise(store, outlets=1, findings=0).sources
        assert few is not None
        assert (len(few.rewriters), len(few.routes), few.proofs) == (1, 1, ())

    def test_without_an_archive_it_says_nothing(self, tmp_path: Path) -> None:
        """Reports of audits without one are as before."""
        path = tmp_path / "a.sqlite"
        rows(feed(tmp_path, SPUN), store=path)
        summary = summarise(path)
        assert summary.sources is None
        assert "archive" not in as_text(summary)

    def test_an_archive_that_failed_is_told(self, tmp_path: Path) -> None:
        """With the reason."""
        path = tmp_path / "a.sqlite"
        rows(feed(tmp_path, SPUN), store=path, archive=tmp_path / "nowhere")
        assert "could not be looked up" in as_text(summarise(path))


class TestCommand:
    """``unspin audit --archive``."""

    def test_a_rewrite_is_exit_code_1(self, tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Unless the outlet has a licence, or nobody is to fail."""
        source, licences = feed(tmp_path, SPUN), tmp_path / "pairs.csv"
        licences.write_text("Harbour Digest,Example Agency\n", encoding="utf-8")
        asked = ["audit", source, "--archive", str(place), "--grammar", "none", "--jobs", "1"]
        first = [*asked, "--store", str(tmp_path / "a.sqlite")]
        assert main([*first, "--fail-on", "spun", "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["rewrites"] == 1
        assert main([*first, "--fail-on", "never"]) == 0
        assert "Rewrites of stories in the archive: 1." in capsys.readouterr().out
        assert main(["report", str(tmp_path / "a.sqlite")]) == 0
        assert "Sources in the archive" in capsys.readouterr().out
        licensed = [*asked, "--store", str(tmp_path / "b.sqlite"), "--licensed", str(licences), "--json"]
        main(licensed)
        assert json.loads(capsys.readouterr().out)["rewrites"] == 0

    def test_what_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Before anything is judged, in one sentence."""
        source, store = feed(tmp_path, SPUN), tmp_path / "a.sqlite"
        for more in (["--archive", str(tmp_path / "nowhere")], ["--licensed", str(tmp_path / "x.csv")]):
            assert main(["audit", source, "--store", str(store), *more]) == 2
            assert "archive" in capsys.readouterr().err
            assert not store.exists()
