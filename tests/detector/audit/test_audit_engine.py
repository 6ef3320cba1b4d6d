"""The engine: each article exactly once, whatever the articles and the workers do."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from audit_fakes import FakeMaker, OutletMaker, different, records

from detector.audit.backends import Backend, Here
from detector.audit.engine import Engine, Plan
from detector.audit.place import Place
from detector.audit.processes import Processes
from detector.audit.row import AuditRow
from detector.audit.sources import RawItem
from detector.audit.store import Store
from detector.audit.tally import Tally
from detector.audit.work import Orders
from detector.audit.writing import Writer
from detector.errors import UnspinError
from detector.verdict import Label


@pytest.fixture
def path(place: Place) -> Place:
    """Where the store is: all this holds for a file and for a database."""
    return place


def run(
    path: Place | None,
    found: Iterable[RawItem],
    *,
    backend: Backend | None = None,
    maker: FakeMaker | None = None,
    seconds: float = 0.0,
    **plan: bool,
) -> tuple[list[AuditRow], Tally]:
    """One run of the engine; the rows it made and what it counted."""
    tally, orders = Tally(), Orders(maker or FakeMaker(), seconds=seconds)
    workers = backend or Here()
    if path is None:
        return list(Engine(workers, orders, tally=tally).run(found)), tally
    with Store.open(path) as store:
        writer = Writer(store, ["a test"], {})
        try:
            engine = Engine(workers, orders, writer=writer, plan=Plan(**plan), tally=tally)
            return list(engine.run(found)), tally
        finally:
            writer.close()


def stored(path: Place) -> dict[str, str]:
    """Label or kind of error of every row, by source."""
    with Store.open(path, read_only=True) as store:
        found = [row.row for row in store.rows()]
    assert len({row.source for row in found}) == len(found)
    return {row.source: row.verdict.label.value if row.verdict else str(row.error_kind) for row in found}


class TestWithoutStore:
    """Nothing is kept, every article is judged."""

    def test_every_article_gets_a_row(self) -> None:
        """Rows come for all records, the good and the bad, and the same text twice is two rows."""
        rows, tally = run(None, records("one SPUN", "two", "two", "FAULT"))
        assert sorted(row.source for row in rows) == [f"feed.jsonl:{n}" for n in (1, 2, 3, 4)]
        assert (tally.judged, tally.failed, tally.labels[Label.SPUN]) == (3, 1, 1)

    def test_no_record_is_no_row(self) -> None:
        """An empty source is an empty audit."""
        rows, tally = run(None, [])
        assert (rows, tally.done) == ([], 0)


class TestStored:
    """What a run leaves in the store, and what the next one does with it."""

    def test_rows_are_stored_before_they_are_given(self, path: Place) -> None:
        """Whoever gets a row can rely on it: another reader of the store finds it."""
        with Store.open(path) as store:
            writer = Writer(store, [], {})
            engine = Engine(Here(), Orders(FakeMaker()), writer=writer)
            with Store.open(path, read_only=True) as other:
                for number, _ in enumerate(engine.run(records(*different(5))), 1):
                    assert other.count() >= number
            writer.close()

    def test_what_is_known_is_not_judged_again(self, path: Place, tmp_path: Path) -> None:
        """The same command again judges nothing, and still counts everything."""
        maker = FakeMaker(log=str(tmp_path / "log"))
        run(path, records("a SPUN", "b", "FAULT c"), maker=maker)
        rows, tally = run(path, records("a SPUN", "b", "FAULT c"), maker=maker)
        assert rows == []
        assert (tally.known, tally.failed_before, tally.judged, tally.failed) == (2, 1, 0, 0)
        assert tally.labels == {Label.SPUN: 1, Label.CLEAN: 1}
        assert len((tmp_path / "log").read_text().splitlines()) == 3

    def test_without_news_no_worker_is_started(self, path: Place) -> None:
        """A look at a feed that holds nothing new needs no model; a model that is gone is noticed when it is needed."""
        run(path, records("a", "FAULT b"))
        gone = FakeMaker(signature="no model")
        assert run(path, records("a", "FAULT b"), maker=gone, backend=Processes(1))[1].known == 1
        with pytest.raises(UnspinError, match="the model is not there"):
            run(path, records("a", "new"), maker=gone)

    def test_new_articles_are_added(self, path: Place) -> None:
        """A feed that has grown gets rows for what is new."""
        run(path, records("a", "b"))
        rows, _ = run(path, records("a", "b", "c SUSPECT"))
        assert [row.source for row in rows] == ["feed.jsonl:3"]
        assert stored(path) == {"feed.jsonl:1": "clean", "feed.jsonl:2": "clean", "feed.jsonl:3": "suspect"}

    def test_a_corrected_article_is_a_second_row(self, path: Place) -> None:
        """The same address with another text is another article."""
        first, second = (RawItem("f!1", data=text, url="https://example.org/1") for text in ("old text", "new text"))
        run(path, [first])
        rows, _ = run(path, [second])
        assert len(rows) == 1
        with Store.open(path, read_only=True) as store:
            assert store.count() == 2

    def test_an_address_is_the_same_article_in_every_feed(self, path: Place) -> None:
        """An article that two feeds show under one address is one row."""
        found = [RawItem(f"{feed}!1", data="text", url="https://example.org/1") for feed in ("a.xml", "b.xml")]
        _, tally = run(path, found)
        assert (tally.judged, tally.known) == (1, 1)

    def test_the_same_text_elsewhere_is_not_judged_again(self, path: Place, tmp_path: Path) -> None:
        """A copy at another place takes its verdict from the first, in the same run and in a later one."""
        maker = FakeMaker(log=str(tmp_path / "log"))
        rows, first = run(path, records("a SPUN", "a SPUN", "a SPUN"), maker=maker)
        assert [row.source for row in rows] == ["feed.jsonl:1", "feed.jsonl:2", "feed.jsonl:3"]
        _, second = run(path, records("a SPUN", name="other.jsonl"), maker=maker)
        assert (first.judged, first.copied, second.copied) == (1, 2, 1)
        assert (tmp_path / "log").read_text() == "a SPUN\n"
        with Store.open(path, read_only=True) as store:
            kept = list(store.rows())
        assert [row.row.verdict for row in kept] == [kept[0].row.verdict] * 4
        assert {row.story for row in kept} == {kept[0].id}

    def test_a_page_whose_markup_changed_is_known(self, path: Place) -> None:
        """What counts is the article's text: a page with a new advertisement is no new article."""
        page = "<html><body><article>{}<p>Talks ended late on Friday without any agreement.</p></article></body></html>"
        run(path, [RawItem("p", data=page.format(""), url="https://example.org/p", content_type="text/html")])
        changed = RawItem("p", data=page.format("<!-- 2 -->"), url="https://example.org/p", content_type="text/html")
        rows, tally = run(path, [changed])
        assert (rows, tally.known) == ([], 1)
        _, again = run(path, [changed])
        assert (again.known, again.judged) == (1, 0)


class TestAgain:
    """Judging again, where it is asked for."""

    def test_another_model_judges_only_when_asked(self, path: Place) -> None:
        """With --rescore what another model judged is judged again in its row, what this one judged is not."""
        other = FakeMaker(signature="unspin 1 | model bbbbbbbb | grammar none")
        run(path, records("a", "b"))
        assert run(path, records("a", "b"), maker=other)[0] == []
        rows, tally = run(path, records("a", "b"), maker=other, rescore=True)
        assert (len(rows), tally.judged) == (2, 2)
        assert run(path, records("a", "b"), maker=other, rescore=True)[1].known == 2
        with Store.open(path, read_only=True) as store:
            assert {row.row.verdict.signature for row in store.rows() if row.row.verdict} == {other.signature}
            assert store.count() == 2

    def test_an_error_does_not_replace_a_verdict(self, path: Place) -> None:
        """If judging again fails, the verdict that was there stays."""
        run(path, records("a SPUN"))
        broken = FakeMaker(signature="unspin 1 | model bbbbbbbb | grammar none", log="/nonexistent/folder/log")
        _, tally = run(path, records("a SPUN"), maker=broken, rescore=True)
        assert tally.failed == 1
        assert stored(path) == {"feed.jsonl:1": "spun"}

    def test_errors_are_tried_again_only_when_asked(self, path: Place, tmp_path: Path) -> None:
        """With --retry-errors an error becomes a verdict in its row, or stays, counted as tried twice."""
        broken = FakeMaker(log="/nonexistent/folder/log")
        run(path, records("a", "FAULT b"), maker=broken)
        assert stored(path) == {"feed.jsonl:1": "fault", "feed.jsonl:2": "fault"}
        assert run(path, records("a", "FAULT b"))[1].failed_before == 2
        _, tally = run(path, records("a", "FAULT b"), retry_errors=True)
        assert (tally.judged, tally.failed) == (1, 1)
        with Store.open(path, read_only=True) as store:
            assert [(row.row.error_kind, row.tries) for row in store.rows()] == [(None, 2), ("fault", 2)]

    def test_a_place_that_can_be_read_now_loses_its_error(self, path: Place) -> None:
        """The row of a file that could not be read goes when the file can be read."""
        run(path, [RawItem("a.txt", error="a.txt may not be read.")])
        assert stored(path) == {"a.txt": "unreadable"}
        run(path, [RawItem("a.txt", data="text")])
        assert stored(path) == {"a.txt": "clean"}


class TestBadArticles:
    """One bad article is one row."""

    def test_each_kind_of_error_is_named(self, path: Place) -> None:
        """Errors can be counted by kind, and none quotes the article."""
        found = [
            *records("FAULT secret words", "TOO LONG", "GRAMMAR", "fine"),
            RawItem("empty", data=b""),
            RawItem("gone", error="gone: it is not there."),
            RawItem("https://example.org/", error="https://example.org/ does not answer."),
        ]
        rows, _ = run(path, found)
        assert stored(path) == {
            "feed.jsonl:1": "fault",
            "feed.jsonl:2": "too_long",
            "feed.jsonl:3": "grammar",
            "feed.jsonl:4": "clean",
            "empty": "unreadable",
            "gone": "unreadable",
            "https://example.org/": "fetch",
        }
        assert not any("secret" in (row.error or "") for row in rows)

    def test_a_reader_that_breaks_loses_nothing(self, path: Place) -> None:
        """If reading the sources ends in an error, what was read is judged and stored before it is told."""

        def breaking() -> Iterator[RawItem]:
            yield from records(*different(30))
            raise UnspinError("the source is gone.")

        with pytest.raises(UnspinError, match="the source is gone"):
            run(path, breaking())
        assert len(stored(path)) == 30


class TestWorkers:
    """Worker processes, which may die."""

    def test_two_workers_judge_everything_once(self, path: Place) -> None:
        """More batches than workers, and every article has its row."""
        rows, tally = run(path, records(*different(150)), backend=Processes(2))
        assert (len(rows), tally.judged, len(stored(path))) == (150, 150, 150)

    def test_an_article_that_kills_is_one_error(self, path: Place) -> None:
        """The articles that were with it in the worker get their verdicts."""
        texts = [*different(40), "KILL ALWAYS", *different(60)]
        _, tally = run(path, records(*dict.fromkeys(texts)), backend=Processes(2))
        kinds = stored(path)
        assert [source for source, kind in kinds.items() if kind != "clean"] == ["feed.jsonl:41"]
        assert kinds["feed.jsonl:41"] == "worker"
        assert tally.workers_lost >= 2

    def test_a_worker_that_dies_once_costs_nothing(self, path: Place, tmp_path: Path) -> None:
        """The out-of-memory killer takes whom it likes; its victim's articles are judged again."""
        once = f"KILL ONCE {tmp_path / 'killed'}"
        _, tally = run(path, records(*different(20), once, *list(different(40))[20:]), backend=Processes(1))
        assert set(stored(path).values()) == {"clean"}
        assert tally.workers_lost

    def test_an_article_that_hangs_is_one_error(self, path: Place) -> None:
        """After its time the article gets an error, the others go on."""
        _, tally = run(path, records("a", "HANG", "b"), backend=Processes(1), seconds=0.5)
        assert stored(path) == {"feed.jsonl:1": "clean", "feed.jsonl:2": "timeout", "feed.jsonl:3": "clean"}
        assert tally.failed == 1

    def test_if_all_workers_die_it_is_not_the_articles(self, path: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        """No article is blamed for a machine without memory; the audit ends with one sentence."""
        monkeypatch.setattr("detector.audit.engine.MOST_DEATHS", 3)
        with pytest.raises(UnspinError, match="worker processes ended one after another"):
            run(path, records(*(f"KILL ALWAYS {n}" for n in range(5))), backend=Processes(2))
        assert stored(path) == {}

    def test_no_model_is_one_sentence(self, path: Place) -> None:
        """A model that cannot be had ends the audit before it begins."""
        with pytest.raises(UnspinError, match="the model is not there"):
            run(path, records("a"), backend=Processes(1), maker=FakeMaker(signature="no model"))

    def test_a_consumer_that_leaves_keeps_what_it_saw(self, path: Place) -> None:
        """Whoever stops taking rows ends the workers, and what was given is stored."""
        with Store.open(path) as store:
            writer = Writer(store, [], {})
            rows = Engine(Processes(1), Orders(FakeMaker(seconds=0.01)), writer=writer).run(records(*different(400)))
            seen = next(rows)
            rows.close()  # type: ignore[attr-defined] # a generator
            writer.close()
        assert seen.source in stored(path)
        assert len(stored(path)) < 400


SCRIPT = """
from audit_fakes import FakeMaker
from detector.audit import audit

class Own(FakeMaker):
    pass

for row in audit(["feed.txt"], checker=Own(), jobs=1):
    print(row.verdict.label)
"""


def test_a_short_script_may_bring_its_own_judge(tmp_path: Path) -> None:
    """Its workers neither run the script again nor need to import the judge from it."""
    (tmp_path / "feed.txt").write_text("SPUN words", encoding="utf-8")
    script = tmp_path / "script.py"
    fakes = str(Path(__file__).parent / "fakes")
    script.write_text(f"import sys\nsys.path.insert(0, {fakes!r})\n{SCRIPT}", encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("spun\n", 0), done.stderr


def test_ticks_come_while_nothing_is_done() -> None:
    """Progress is shown although the source gives nothing for a while."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1

    def slow(wait: Callable[[], bool]) -> Iterator[RawItem]:
        yield from records("a")
        while not wait():
            pass
        yield from records("b", name="later")

    rows = Engine(Here(), Orders(FakeMaker())).run(slow(lambda: ticks >= 2), tick=tick)
    assert len(list(rows)) == 2


def test_the_label_may_depend_on_the_outlet(path: Path) -> None:
    """The same text gets no copy of a verdict that another outlet's thresholds gave."""
    text = "SPUN words"
    same = [RawItem(f"f:{n}", data=text, outlet=outlet) for n, outlet in enumerate(("Mill", "Herald", "Mill"))]
    for some in (same[:2], same[2:], same):
        run(path, some, maker=OutletMaker(), by_outlet=True)
    assert stored(path) == {"f:0": "clean", "f:1": "spun", "f:2": "clean"}
