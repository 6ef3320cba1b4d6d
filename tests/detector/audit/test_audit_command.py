"""``unspin audit``: exit codes, what is said where, and the options."""

import json
from pathlib import Path

import pytest
from audit_fakes import FakeMaker

from detector.audit import audit
from detector.audit.sources import RawItem, SourceOptions, read_raw
from detector.audit.store import Store
from detector.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles say their verdict themselves, and are judged in this process."""
    monkeypatch.setattr("detector.audit.work.CheckerMaker", lambda *_, **__: FakeMaker())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def feed(*texts: str, name: str = "feed.jsonl", **more: str) -> str:
    """A feed with these articles; its name."""
    Path(name).write_text("".join(json.dumps({"text": text, **more}) + "\n" for text in texts), encoding="utf-8")
    return name


def run(*arguments: str) -> int:
    """The command, without worker processes."""
    return main(["audit", *arguments, "--jobs", "0"])


CLEAN, SPUN, SUSPECT, FAULT = "A clean story.", "A SPUN story.", "A SUSPECT story.", "A FAULT in it."


class TestExitCodes:
    """0 nothing flagged, 1 flagged, 2 not all could be judged."""

    @pytest.mark.parametrize(
        ("texts", "options", "code"),
        [
            ([CLEAN], [], 0),
            ([CLEAN, SPUN], [], 1),
            ([CLEAN, SUSPECT], [], 0),
            ([CLEAN, SUSPECT], ["--fail-on", "suspect"], 1),
            ([CLEAN, SPUN], ["--fail-on", "suspect"], 1),
            ([CLEAN, SPUN], ["--fail-on", "never"], 0),
            ([CLEAN, FAULT], [], 2),
            ([SPUN, FAULT], [], 2),
            ([CLEAN, FAULT], ["--fail-on", "never"], 2),
            ([CLEAN, FAULT], ["--allow-errors"], 0),
            ([SPUN, FAULT], ["--allow-errors"], 1),
            ([FAULT], ["--allow-errors"], 2),
        ],
    )
    def test_the_code_says_what_the_sources_hold(
        self, folder: Path, texts: list[str], options: list[str], code: int
    ) -> None:
        """The first run and the next, which judges nothing, answer the same."""
        assert run(feed(*texts), *options) == code
        assert run(feed(*texts), *options) == code

    def test_only_the_sources_of_this_run_count(self, folder: Path) -> None:
        """What other sources left in the store does not make a gate fail."""
        assert run(feed(SPUN, name="a.jsonl")) == 1
        assert run(feed(CLEAN, name="b.jsonl")) == 0

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["--store", "."], "this is a folder"),
            (["--store", "nowhere/audit.sqlite"], "the folder nowhere does not exist"),
            (["--store", "feed.jsonl"], "this is no audit store"),
            (["--backend", "dask"], "--scheduler tcp://HOST:8786"),
            (["--backend", "spark"], "there is no backend “spark”"),
            (["--scheduler", "tcp://x:1"], "add --backend dask"),
            (["--every", "often"], "“often” is no length of time"),
            (["-", "--every", "15m"], "can be read only once"),
        ],
    )
    def test_what_cannot_be_done_is_one_sentence(
        self, folder: Path, capsys: Capture, arguments: list[str], sentence: str
    ) -> None:
        """Exit code 2, one line on standard error, nothing on standard output."""
        assert run(feed(CLEAN), *arguments) == 2
        said = capsys.readouterr()
        assert sentence in said.err
        assert (said.out, said.err.count("\n")) == ("", 1)

    @pytest.mark.parametrize("options", [(), ("--allow-errors",)])
    def test_an_empty_folder_does_not_pass(self, folder: Path, capsys: Capture, options: tuple[str, ...]) -> None:
        """A gate on a folder that nobody filled must not open; once there is an article, that counts."""
        (folder / "in").mkdir()
        assert run("in", "--quiet", *options) == 2
        said = "unspin: in is a folder without an article in it: check the name, and what fills it.\n"
        assert capsys.readouterr() == ("", said)
        (folder / "in" / "a.txt").write_text(CLEAN, encoding="utf-8")
        assert run("in", "--quiet", *options) == 0

    def test_no_source_is_a_usage_error(self, folder: Path) -> None:
        """Without sources there is nothing to do."""
        assert run() == 2


class TestOutput:
    """Results on standard output, the rest on standard error."""

    def test_a_summary_for_people(self, folder: Path, capsys: Capture) -> None:
        """The counts, and where the results are."""
        run(feed(CLEAN, SPUN, FAULT))
        said = capsys.readouterr()
        assert said.out == (
            "3 articles: 1 spun, 0 suspect, 1 clean, 0 too short, 0 not in English, 1 not judged. New: 3.\n"
        )
        assert said.err == (
            "unspin: stored in audit.sqlite. Read the results with: unspin report audit.sqlite\n"
            "unspin: feed.jsonl:3: a fault in unspin (ValueError). Please report it.\n"
        )

    def test_a_summary_for_programs(self, folder: Path, capsys: Capture) -> None:
        """With --json the counts are one JSON object on one line."""
        run(feed(CLEAN, SPUN), "--json", "--quiet")
        said = capsys.readouterr()
        found = json.loads(said.out)
        assert (found["schema"], found["done"], found["judged"], found["labels"]["spun"]) == (
            "unspin.audit/1", 2, 2, 1,
        )  # fmt: skip
        assert said.err == ""

    def test_quiet_says_nothing(self, folder: Path, capsys: Capture) -> None:
        """The exit code is the answer."""
        assert run(feed(SPUN), "--quiet") == 1
        assert capsys.readouterr() == ("", "")

    @pytest.mark.parametrize("options", [(), ("--quiet",), ("--json",), ("--allow-errors",)])
    def test_exit_code_2_says_why(self, folder: Path, capsys: Capture, options: tuple[str, ...]) -> None:
        """Whatever else is said or not, the first time and when the store knows the error already."""
        for _ in range(2):
            assert run("gone.jsonl", *options) == 2
            assert "unspin: gone.jsonl does not exist: check the name" in capsys.readouterr().err

    def test_the_first_errors_are_told_and_the_rest_counted(self, folder: Path, capsys: Capture) -> None:
        """A table of a thousand bad rows is six lines."""
        run(*(f"{number}.txt" for number in range(1000)), "--quiet")
        lines = capsys.readouterr().err.splitlines()
        assert [line.partition(" does")[0] for line in lines[:5]] == [f"unspin: {number}.txt" for number in range(5)]
        assert lines[5:] == ["unspin: 995 more articles failed. List the reasons with: unspin report audit.sqlite"]

    def test_errors_that_are_allowed_are_rows(self, folder: Path, capsys: Capture) -> None:
        """With --allow-errors they decide nothing, and nothing is said of them."""
        assert run(feed(CLEAN, FAULT), "--allow-errors", "--quiet") == 0
        assert capsys.readouterr() == ("", "")

    def test_no_article_is_shown(self, folder: Path, capsys: Capture) -> None:
        """Not even the one in which a fault was met."""
        run(feed("FAULT with secret words"))
        said = capsys.readouterr()
        assert "secret" not in said.out + said.err


class TestOptions:
    """What is stored, and from where."""

    def test_text_is_kept_only_when_asked(self, folder: Path) -> None:
        """The store holds marks, not articles, unless --keep-text."""
        run(feed(CLEAN), "--store", "a.sqlite")
        run(feed(CLEAN), "--store", "b.sqlite", "--keep-text")
        texts = []
        for name in ("a.sqlite", "b.sqlite"):
            with Store.open(name, read_only=True) as store:
                texts += [row.row.text for row in store.rows()]
        assert texts == [None, CLEAN]
        assert b"clean story" not in Path("a.sqlite").read_bytes()

    def test_columns_can_be_named(self, folder: Path) -> None:
        """Where a guess would be wrong, the columns are given."""
        Path("feed.jsonl").write_text(
            json.dumps(
                {"text": "wrong", "b": {"c": SPUN}, "w": "https://e.org/1", "o": "E", "d": "2026-11-24", "h": "H"}
            )
        )
        names = {"text": "b.c", "url": "w", "outlet": "o", "date": "d", "title": "h"}
        run("feed.jsonl", *(part for name, at in names.items() for part in (f"--{name}-column", at)))
        with Store.open("audit.sqlite", read_only=True) as store:
            (stored,) = store.rows()
        row = stored.row
        assert row.verdict is not None
        assert (row.verdict.label, row.url, row.outlet, row.date, row.title) == (
            "spun", "https://e.org/1", "E", "2026-11-24", "H",
        )  # fmt: skip

    def test_settings_of_the_sources_arrive(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """--follow, --delay and --allow-private are for the readers."""
        seen: list[SourceOptions] = []

        def read_raw(_: object, options: SourceOptions) -> list[RawItem]:
            seen.append(options)
            return []

        monkeypatch.setattr("detector.audit.sources.read_raw", read_raw)
        run("feed.xml", "--follow", "--delay", "3", "--allow-private")
        (options,) = seen
        assert (options.follow, options.delay_seconds, options.fetch.allow_private) == (True, 3.0, True)

    def test_a_watched_feed_is_looked_at_again(
        self, folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With --every what is new is added at every look, until Ctrl-C; what cannot be read is told once."""
        rests: list[float] = []

        def rest(seconds: float) -> None:
            rests.append(seconds)
            if len(rests) == 3:
                raise KeyboardInterrupt
            feed(*([CLEAN, SPUN, SUSPECT][: len(rests) + 1]))

        monkeypatch.setattr(
            "detector.audit.watch.repeat.__kwdefaults__", {"tell": print, "rest": rest, "clock": lambda: 0.0}
        )
        assert run(feed(CLEAN), "gone.txt", "--every", "15m", "--quiet") == 130
        assert capsys.readouterr().err.count("gone.txt does not exist") == 1
        assert rests == [900.0] * 3
        with Store.open("audit.sqlite", read_only=True) as store:
            assert [row.row.source for row in store.rows()] == [
                "gone.txt", "feed.jsonl:1", "feed.jsonl:2", "feed.jsonl:3",
            ]  # fmt: skip


class TestLibrary:
    """``detector.audit.audit`` without the command."""

    def test_rows_without_a_store(self, folder: Path) -> None:
        """Rows come and nothing is written."""
        rows = list(audit([feed(CLEAN, SPUN)], jobs=0))
        assert sorted(row.verdict.label for row in rows if row.verdict) == ["clean", "spun"]
        assert [path.name for path in folder.iterdir()] == ["feed.jsonl"]

    @pytest.mark.parametrize("source", ["./feed.jsonl", b"feed.jsonl", Path("feed.jsonl")])
    def test_one_source_is_no_list(self, folder: Path, source: str) -> None:
        """A string is refused, and not read as the folder `.` and the folder `/`; no store is made."""
        with pytest.raises(ValueError, match=r"single source: give a list of sources, as in \[\".*feed.jsonl\"\]"):
            list(audit(source, store="audit.sqlite", jobs=0))
        with pytest.raises(ValueError, match="single source"):
            read_raw(source)
        assert list(folder.iterdir()) == []

    def test_a_store_that_is_open_stays_open(self, folder: Path) -> None:
        """Who opened it closes it."""
        with Store.open("audit.sqlite") as store:
            list(audit([feed(CLEAN)], store=store, jobs=0))
            assert store.count() == 1
