"""What people decide about articles stays, in a file and on a server, and changes no probability."""

import json
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from audit_fakes import FakeMaker
from sqlalchemy import text

from detector import load_audit
from detector.audit import AuditRow, Store, Tally, audit
from detector.audit.allow_list import DISMISSED, AllowList, of_store, read_allow_list
from detector.audit.outbox import Outbox
from detector.audit.place import Place, Server
from detector.audit.report import summarise
from detector.audit.report.page import as_html
from detector.audit.report.terminal import as_text
from detector.audit.reviews import set_state, set_words, states
from detector.audit.row import State
from detector.audit.sources import Columns, SourceOptions
from detector.cli import Exit, main
from detector.errors import UnspinError
from detector.verdict import Label

Run = Callable[..., tuple[int, str, str]]


def story(name: str, label: str = "SPUN") -> dict[str, str]:
    """An article whose words are its own."""
    words = " ".join(f"{name}{number}" for number in range(60))
    return {"text": f"{label} {words}", "url": f"https://mill.example/{name}", "title": name}


def feed(folder: Path, *articles: dict[str, str], name: str = "feed.jsonl") -> str:
    """A source of these articles."""
    path = folder / name
    path.write_text("".join(json.dumps(each) + "\n" for each in articles), encoding="utf-8")
    return str(path)


def run(source: str, place: Place, **more: Any) -> Tally:  # noqa: ANN401 - what an audit takes
    """The counts of an audit in this process."""
    tally = Tally()
    list(audit([source], store=place, jobs=0, checker=FakeMaker(), tally=tally, **more))
    return tally


def address(place: Place) -> str:
    """As a command takes it."""
    return place.address if isinstance(place, Server) else str(place)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `unspin`; gives exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(each) for each in arguments])
        return (code, *capsys.readouterr())

    return call


class TestStates:
    """new, seen, dismissed, confirmed."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> str:
        """Four flagged stories and a clean one."""
        return feed(tmp_path, story("a"), story("b"), story("c", "SUSPECT"), story("d"), story("e", "CLEAN"))

    def test_a_state_stays(self, source: str, place: Place, command: Run) -> None:
        """By number, address and file; over a further run and a new model; until it is taken back."""
        run(source, place)
        code, out, _ = command("review", address(place))
        assert (code, out) == (0, "4 new, 0 seen, 0 dismissed, 0 confirmed\n")
        command("review", address(place), "seen", "1")
        command("review", address(place), "dismissed", "https://mill.example/b")
        code, out, _ = command("review", address(place), "confirmed", f"{source}:3")
        assert (code, out) == (0, "1 new, 1 seen, 1 dismissed, 1 confirmed\n")
        run(source, place)
        run(source, place, rescore=True)
        list(audit([source], store=place, jobs=0, checker=FakeMaker(signature="another"), rescore=True))
        assert load_audit(place)["state"].tolist()[:4] == ["seen", "dismissed", "confirmed", "new"]
        assert load_audit(place)["state"].isna().tolist() == [False] * 4 + [True]
        code, out, _ = command("review", address(place), "new", "1", "2", "3", "--json")
        assert json.loads(out)["new"] == 4

    def test_all_or_nothing(self, source: str, place: Place, tmp_path: Path, command: Run) -> None:
        """A name that is not in the store changes nothing; an error cannot be dismissed."""
        run(source, place)
        run(feed(tmp_path, {**story("f"), "text": "TOO LONG"}, name="failed.jsonl"), place)
        names = tmp_path / "names.txt"
        names.write_text("1\n\nhttps://mill.example/nothing\x1b\n6\n", encoding="utf-8")
        code, out, err = command("review", address(place), "dismissed", "--from", names)
        assert (code, out) == (Exit.FAILED, "")
        assert "no judged article is called" in err
        assert "\x1b" not in err
        with Store.open(place) as store:
            assert states(store) == {"new": 4}

    def test_what_is_dismissed_is_not_listed(self, source: str, place: Place) -> None:
        """Neither in the report nor as news; labels, shares and probabilities stay."""
        with Store.open(place) as store:
            Outbox(store, "desk").begin()
        run(source, place)
        before = summarise(place)
        with Store.open(place) as store:
            set_state(store, State.DISMISSED, ["1"])
            set_state(store, State.CONFIRMED, ["2"])
            told = Outbox(store, "desk")
            message = told.make(("spun", "suspect"), lambda _, new: ",".join(str(each.id) for each in new))
        after = summarise(place)
        assert message is not None
        assert message.body == "4,3"
        assert [each.id for each in after.findings] == [2, 4, 3]
        assert (before.stories, before.share) == (after.stories, after.share)
        assert after.dismissed == 1
        for said in (as_text(after, width=110), as_html(after)):
            flat = " ".join(said.split())
            assert "1 story that a person has dismissed is left out here" in flat
            assert "confirmed, number 2" in flat

    def test_what_is_dismissed_does_not_fail_a_gate(self, source: str, place: Place) -> None:
        """The answer is the same on every run, also for the same text elsewhere; the labels are counted as before."""
        first = run(source, place)
        with Store.open(place) as store:
            set_state(store, State.DISMISSED, ["1", "2"])
        folder = Path(source).parent
        again = {**story("a"), "url": "https://other.example/a"}
        both = feed(folder, story("a"), story("b"), story("c", "SUSPECT"), story("d"), story("e", "CLEAN"), again)
        for tally in (run(both, place), run(both, place), run(both, place, rescore=True)):
            assert tally.labels[Label.SPUN] == 4
            assert tally.dismissed[Label.SPUN] == 3
            assert (first.flagged, tally.flagged) == (4, 2)

    def test_near_duplicates_go_along(self, tmp_path: Path, place: Place) -> None:
        """Those in the store; a later one is new."""
        more = [{**story("a"), "text": f"{story('a')['text']} {end}", "url": f"https://{end}.example"} for end in "xyz"]
        run(feed(tmp_path, story("a"), *more[:2]), place)
        with Store.open(place) as store:
            assert set_state(store, State.DISMISSED, ["2"]) == 3
        run(feed(tmp_path, more[2], name="later.jsonl"), place)
        with Store.open(place) as store:
            assert states(store) == {"dismissed": 3, "new": 1}
            assert set_state(store, State.NEW, ["1"]) == 3

    @pytest.mark.parametrize(
        "arguments",
        [
            ["seen"],
            ["--words", "a -> b"],
            ["--from", "/dev/null/x"],
            ["seen", "1", "--words", "a"],
            ["sold", "1"],
            ["dismissed", "--words", " -> b"],
        ],
    )
    def test_half_a_decision_is_refused(self, source: str, tmp_path: Path, command: Run, arguments: list[str]) -> None:
        """With one sentence."""
        store = tmp_path / "a.sqlite"
        run(source, store)
        code, out, err = command("review", store, *arguments)
        assert (code, out) == (Exit.FAILED, "")
        assert err

    def test_a_store_of_the_version_before(self, source: str, place: Place) -> None:
        """It is brought up to date when something is decided; a report reads a file as it is."""
        run(source, place)
        with Store.open(place) as store:
            for statement in (
                "DROP INDEX articles_state",
                "ALTER TABLE articles DROP COLUMN state",
                "DROP TABLE allowed",
                "UPDATE format SET version = 4" if isinstance(place, Server) else "PRAGMA user_version = 4",
            ):
                store.connection.execute(text(statement))
        if not isinstance(place, Server):
            assert [each.state for each in summarise(place).findings] == ["new"] * 4
            assert of_store(place) == AllowList()
        with Store.open(place) as store:
            assert set_state(store, State.SEEN, ["1"]) == 1
        assert [each.state for each in summarise(place).findings] == ["seen", "new", "new", "new"]


class TestAllowLists:
    """Words and articles."""

    def test_dismissed_words_are_not_marked(self, tmp_path: Path, place: Place) -> None:
        """In the next audit, with the same probability; and the report leaves out the marks stored before."""
        source = feed(tmp_path, story("a"))
        run(source, place)
        with Store.open(place) as store:
            set_words(store, [("spun", "better"), ("clea", "")], dismissed=True)
        assert summarise(place).findings[0].wordings == ()
        run(feed(tmp_path, story("b"), story("c", "SUSPECT"), story("e", "CLEAN"), name="next.jsonl"), place)
        with Store.open(place) as store:
            rows = [stored.row.verdict for stored in store.rows()]
        assert [verdict.marks for verdict in rows if verdict is not None] == [1, 0, 1, 0]
        assert [verdict.probability for verdict in rows if verdict is not None] == [0.99, 0.99, 0.7, 0.01]
        assert rows[1] is not None
        assert rows[1].note.endswith("1 mark that a person has dismissed is not shown.")
        with Store.open(place) as store:
            set_words(store, [("spun", "better")], dismissed=False)
        assert of_store(place).words == {("clea", "")}

    def test_a_file_dismisses_articles(self, tmp_path: Path, place: Place) -> None:
        """Those in the store, too; and nothing that a person decided otherwise."""
        source = feed(tmp_path, story("a"), story("b"), story("c"))
        run(source, place)
        with Store.open(place) as store:
            set_state(store, State.CONFIRMED, ["2"])
        lists = tmp_path / "allow.txt"
        addresses = "\n".join(story(name)["url"] for name in "abd")
        lists.write_text(f"# ours\n{addresses}\n", encoding="utf-8-sig")
        source = feed(tmp_path, story("a"), story("b"), story("c"), story("d"))
        for _ in range(2):
            assert run(source, place, allow=read_allow_list(str(lists))).dismissed[Label.SPUN] == 2
        assert load_audit(place)["state"].tolist() == ["dismissed", "confirmed", "new", "dismissed"]

    def test_check_uses_a_list_and_a_store(self, tmp_path: Path, place: Place, command: Run) -> None:
        """The label and the probability stay, the exit code says that somebody decided."""
        article = Path(__file__).parents[3] / "seeds" / "texts" / "chip-layoffs.spun-names.txt"
        check = ("check", article, "--json", "--reader", "never", "--allow")
        lists = tmp_path / "allow.txt"
        lists.write_text("nothing here\n", encoding="utf-8")
        code, out, _ = command(*check, lists)
        before = json.loads(out)
        assert (code, before["label"]) == (Exit.FLAGGED, "spun")
        first = next(each for each in before["evidence"] if each["expected"])
        run(str(article), place)
        with Store.open(place) as store:
            set_words(store, [(first["text"].casefold(), first["expected"][0].casefold())], dismissed=True)
        code, out, _ = command(*check, address(place))
        after = json.loads(out)
        assert (code, after["label"], after["probability"]) == (Exit.FLAGGED, "spun", before["probability"])
        assert first not in after["evidence"]
        assert len(after["evidence"]) < len(before["evidence"])
        with Store.open(place) as store:
            set_state(store, State.DISMISSED, ["1"])
        code, out, _ = command(*check, address(place))
        after = json.loads(out)
        assert (code, after["label"], after["probability"]) == (Exit.NOTHING_FLAGGED, "spun", before["probability"])
        assert after["note"].endswith(DISMISSED)

    @pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"ok\n-> said\n", b"ok\n" + b"x" * 500])
    def test_a_list_that_is_none(self, tmp_path: Path, data: bytes) -> None:
        """One sentence names the file."""
        path = tmp_path / "allow.txt"
        path.write_bytes(data)
        for place in (path, tmp_path / "missing.txt", tmp_path):
            with pytest.raises(UnspinError, match=str(place)):
                read_allow_list(str(place))


class TestMendedErrors:
    """An error that a later run mended is no longer counted."""

    @staticmethod
    def failed(place: Place) -> list[str]:
        """The places of the errors that the store holds."""
        with Store.open(place, read_only=True) as store:
            return [Path(stored.row.source).name for stored in store.rows() if stored.row.error]

    def test_of_a_source(self, tmp_path: Path, place: Place) -> None:
        """A table whose columns were not guessed, and then were named."""
        table = tmp_path / "feed.csv"
        table.write_text("id,strange\n1,CLEAN one\n", encoding="utf-8")
        run(str(table), place)
        run(str(table), place)
        assert self.failed(place) == ["feed.csv"]
        run(str(table), place, options=SourceOptions(columns=Columns(text="strange")))
        assert self.failed(place) == []
        assert summarise(place).failed == 0

    def test_of_a_file_in_a_folder(self, tmp_path: Path, place: Place) -> None:
        """Only what was read counts: another file's error stays, and so does that of a source not named."""
        folder = tmp_path / "in"
        folder.mkdir()
        for name in ("a.csv", "b.csv"):
            (folder / name).write_text("id,strange\n1,CLEAN one\n", encoding="utf-8")
        other = tmp_path / "other.csv"
        other.write_text("id,strange\n1,CLEAN one\n", encoding="utf-8")
        run(str(other), place)
        run(str(folder), place)
        (folder / "a.csv").write_text("id,text\n1,CLEAN one\n", encoding="utf-8")
        run(str(folder), place)
        assert self.failed(place) == ["other.csv", "b.csv"]

    def test_that_is_still_there(self, tmp_path: Path, place: Place) -> None:
        """A list that breaks off keeps its error, although records before it were read, in every run."""
        broken = tmp_path / "feed.json"
        broken.write_text('[{"text": "CLEAN one"}, {"text": "CLEAN two"', encoding="utf-8")
        for retry in (False, False, True, False):
            tally = run(str(broken), place, retry_errors=retry)
            assert (tally.errors, len(self.failed(place))) == (1, 1)
        broken.write_text('[{"text": "CLEAN one"}, {"text": "CLEAN two"}]', encoding="utf-8")
        assert run(str(broken), place).errors == 0
        assert self.failed(place) == []

    def test_of_a_row_that_has_an_address_now(self, tmp_path: Path, place: Place) -> None:
        """Its error was stored under the place in the source."""
        path = tmp_path / "lines.jsonl"
        path.write_text('{"text": "CLEAN one", \n', encoding="utf-8")
        run(str(path), place)
        assert self.failed(place) == ["lines.jsonl:1"]
        path.write_text(json.dumps(story("a", "CLEAN")) + "\n", encoding="utf-8")
        run(str(path), place)
        assert self.failed(place) == []

    def test_a_run_that_is_stopped_mends_nothing(self, tmp_path: Path, place: Place) -> None:
        """The source may fail again further on."""
        table = tmp_path / "feed.csv"
        table.write_text("id,strange\n1,CLEAN one\n", encoding="utf-8")
        run(str(table), place)
        table.write_text("id,text\n1,CLEAN one\n2,CLEAN two\n", encoding="utf-8")
        with closing(
            cast("Generator[AuditRow]", audit([str(table)], store=place, jobs=0, checker=FakeMaker()))
        ) as rows:
            next(rows)
        assert self.failed(place) == ["feed.csv"]
