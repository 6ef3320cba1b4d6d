"""The command: exit codes, streams, files, bad input. In process, with verdicts made by hand."""

import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from detector.cli import Exit, main
from detector.cli.reference import reference
from detector.errors import GrammarError, ModelError, UnreadableError
from detector.fetch import Fetched, FetchLimits
from detector.read import Kind, Reading
from detector.render import as_line
from detector.render.document import GENERATOR
from detector.verdict import Label, Verdict
from features.checkers import languagetool
from features.document import Document
from features.grammar import CheckerUnavailable

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; gives exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return call


class Desk:
    """Stands in for reading and checking: the file's name says which verdict it gets."""

    def __init__(self, verdicts: dict[str, Verdict]) -> None:
        self.verdicts = verdicts
        self.asked: list[dict[str, Any]] = []
        self.closed = 0

    def examine(self, source: str) -> Reading:
        """The name as text, or a file that cannot be read."""
        if "missing" in source:
            raise UnreadableError(f"{source} does not exist: check the name and the folder.")
        note = f"{source} was guessed at." if "guessed" in source else ""
        return Reading(Document(Path(source).stem, source), Kind.TEXT, "utf-8", note)

    def examine_bytes(self, data: bytes, *, name: str, content_type: str | None) -> Reading:
        """A fetched page as text."""
        assert content_type is not None
        return Reading(Document(data.decode(), name), Kind.HTML, "utf-8")

    def checker(self, **settings: Any) -> SimpleNamespace:  # noqa: ANN401 - whatever the command asks for
        """What `Checker(...)` gives."""
        self.asked.append(settings)
        return SimpleNamespace(check=self.check, close=self.close)

    def close(self) -> None:
        """Counts how often a checker was stopped."""
        self.closed += 1

    def check(self, document: Document) -> Verdict:
        """The verdict of that name."""
        if document.text == "grammar":
            raise GrammarError("The LanguageTool server does not answer: start it, or use --grammar harper.")
        if document.text == "fault":
            raise ZeroDivisionError
        if document.text == "interrupt":
            raise KeyboardInterrupt
        return replace(self.verdicts[document.text], source=document.source)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, verdicts: dict[str, Verdict]) -> Desk:
    """No model and no files: `spun.txt` is spun, `clean.txt` is clean, `missing.txt` is not there."""
    desk = Desk(verdicts)
    for name, content in (
        ("checker", {"Checker": desk.checker}),
        ("read", {"examine": desk.examine, "examine_bytes": desk.examine_bytes}),
        ("settings", {"read_settings": lambda server: SimpleNamespace(server=server)}),
    ):
        module = ModuleType(f"detector.{name}")
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, f"detector.{name}", module)
    return desk


@pytest.mark.usefixtures("desk")
class TestExitCode:
    """0 nothing flagged, 1 flagged, 2 could not do the work."""

    @pytest.mark.parametrize(
        ("fail_on", "clean", "suspect", "spun"),
        [(None, 0, 0, 1), ("spun", 0, 0, 1), ("suspect", 0, 1, 1), ("never", 0, 0, 0)],
    )
    def test_fail_on(self, run: Run, fail_on: str | None, clean: int, suspect: int, spun: int) -> None:
        """Only the accusation fails by default; a suspect story fails when asked for; nothing fails with never."""
        option = () if fail_on is None else ("--fail-on", fail_on)
        assert [run("check", f"{name}.txt", *option)[0] for name in ("clean", "suspect", "spun")] == [
            clean,
            suspect,
            spun,
        ]

    @pytest.mark.parametrize("name", ["too_short", "not_english"])
    def test_abstaining_flags_nothing(self, run: Run, name: str) -> None:
        """A text that was not judged is not flagged."""
        assert run("check", f"{name}.txt", "--fail-on", "suspect")[0] == Exit.NOTHING_FLAGGED

    def test_the_worst_of_several(self, run: Run) -> None:
        """One flagged article among several is enough."""
        assert run("check", "clean.txt", "spun.txt", "clean.txt")[0] == Exit.FLAGGED

    def test_unreadable_wins(self, run: Run) -> None:
        """One bad file does not stop the rest, and the exit code says that the work is not whole."""
        code, out, err = run("check", "-q", "missing.txt", "spun.txt", "clean.txt")
        assert code == Exit.FAILED
        assert err == "unspin: missing.txt does not exist: check the name and the folder.\n"
        assert [line.split(":")[0] for line in out.splitlines()] == ["spun.txt", "clean.txt"]

    def test_a_fault_is_not_an_accusation(self, run: Run) -> None:
        """An error nobody foresaw ends in 2, where Python would say 1; the other articles are still checked."""
        code, out, err = run("check", "-q", "fault.txt", "clean.txt")
        assert code == Exit.FAILED
        assert "ZeroDivisionError" in err
        assert out.startswith("clean.txt: clean")

    def test_ctrl_c(self, run: Run) -> None:
        """Ctrl-C says so in a word and ends in 130, not in 1."""
        code, _, err = run("check", "interrupt.txt")
        assert code == Exit.INTERRUPTED
        assert err == "unspin: stopped.\n"

    def test_how_a_file_was_read(self, run: Run) -> None:
        """What a person should know about it is a note, and none with --quiet."""
        _, _, err = run("check", "guessed/clean.txt")
        assert err == "unspin: guessed/clean.txt was guessed at.\n"
        assert run("check", "guessed/clean.txt", "--quiet")[2] == ""

    def test_grammar_checker_missing(self, run: Run) -> None:
        """A checker that was asked for and cannot be had is one sentence and 2."""
        code, out, err = run("check", "grammar.txt")
        assert code == Exit.FAILED
        assert out == ""
        assert err == "unspin: The LanguageTool server does not answer: start it, or use --grammar harper.\n"

    def test_model_missing(self, run: Run, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a model no article can be checked: one sentence, not one for each article."""

        def broken(**_: object) -> None:
            raise ModelError("The model file is damaged: install unspin again.")

        monkeypatch.setattr(sys.modules["detector.checker"], "Checker", broken)
        code, _, err = run("check", "clean.txt", "spun.txt")
        assert code == Exit.FAILED
        assert err == "unspin: The model file is damaged: install unspin again.\n"

    def test_closed_pipe(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A reader that closes the pipe is no accusation and no traceback."""

        class Closed(io.StringIO):
            def write(self, _: str) -> int:
                raise BrokenPipeError

        monkeypatch.setattr(sys, "stdout", Closed())
        assert main(["check", "spun.txt"]) == Exit.BROKEN_PIPE

    @pytest.mark.parametrize("option", [(), ("--json",), ("-q",), ("--html", "-")])
    def test_a_full_disk(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: tuple[str, ...]
    ) -> None:
        """An answer that cannot be written is one sentence and 2, whoever writes it."""

        class Full(io.StringIO):
            def write(self, _: str) -> int:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(sys, "stdout", Full())
        assert main(["check", "spun.txt", *option]) == Exit.FAILED
        assert re.fullmatch(r"unspin: standard output .*No space left.*\n", capsys.readouterr().err)

    def test_a_disk_that_is_full_at_the_end(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The same where the system says it only when the last of it is written."""

        class Full(io.StringIO):
            def flush(self) -> None:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(sys, "stdout", Full())
        assert main(["model", "info"]) == Exit.FAILED
        assert capsys.readouterr().err.count("\n") == 1

    def test_closed_streams(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """`>&-` is told; with `2>&-` nobody can be told, and notes do not go among the results."""
        with monkeypatch.context() as closed:
            closed.setattr(sys, "stdout", None)
            assert main(["check", "-q", "spun.txt"]) == Exit.FAILED
        assert "standard output" in capsys.readouterr().err
        with monkeypatch.context() as closed:
            closed.setattr(sys, "stderr", None)
            assert main(["check", "-q", "missing.txt", "clean.txt"]) == Exit.FAILED
        assert capsys.readouterr().out.startswith("clean.txt: clean")

    def test_an_error_that_cannot_be_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A full disk behind `2>` costs the notes and changes no exit code."""

        class Full(io.StringIO):
            def write(self, _: str) -> int:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(sys, "stderr", Full())
        assert main(["check", "-q", "fault.txt"]) == Exit.FAILED
        assert main(["check", "-q", "spun.txt", "--no-such-option"]) == Exit.FAILED


@pytest.mark.usefixtures("desk")
class TestOutput:
    """Results on standard output, notes and errors on standard error."""

    def test_report(self, run: Run) -> None:
        """By default the report, without colour when nobody is watching."""
        _, out, err = run("check", "spun.txt")
        assert out.startswith("Spun: the wording looks like a machine rewrite")
        assert "agreed to" in out
        assert "\x1b" not in out
        assert err == ""

    def test_color(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """--color colours a pipe; --no-color and NO_COLOR keep a terminal plain; a plain terminal gets colour."""
        assert "\x1b[" in run("check", "spun.txt", "--color")[1]
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        assert "\x1b[" in run("check", "spun.txt")[1]
        assert "\x1b[" not in run("check", "spun.txt", "--no-color")[1]
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in run("check", "spun.txt")[1]

    def test_several_reports_are_apart(self, run: Run) -> None:
        """A rule stands between two reports and before the summary, none before the first."""
        _, out, _ = run("check", "clean.txt", "spun.txt")
        assert out.count("=" * 80) == 2  # the second one is before the summary
        assert out.startswith("Clean")

    def test_quiet(self, run: Run, verdicts: dict[str, Verdict]) -> None:
        """One line for each article."""
        assert run("check", "-q", "spun.txt")[1] == as_line(replace(verdicts["spun"], source="spun.txt")) + "\n"

    def test_json(self, run: Run) -> None:
        """One article is one object, without its text unless that is asked for."""
        code, out, err = run("check", "--json", "spun.txt")
        assert json.loads(out)["label"] == "spun"
        assert "text" not in json.loads(out)
        assert (code, err) == (Exit.FLAGGED, "")
        assert json.loads(run("check", "--json", "--include-text", "spun.txt")[1])["text"].startswith("Harbour")

    def test_json_lines(self, run: Run) -> None:
        """Several articles are one object a line, in order, an unreadable one among them; its sentence is in both."""
        _, out, err = run("check", "--json", "clean.txt", "missing.txt", "spun.txt")
        answers = [json.loads(line) for line in out.splitlines()]
        assert [a["schema"] for a in answers] == ["unspin.verdict/1", "unspin.error/1", "unspin.verdict/1"]
        assert [a["source"] for a in answers] == ["clean.txt", "missing.txt", "spun.txt"]
        assert err == f"unspin: {answers[1]['error']}\n"

    @pytest.mark.parametrize("arguments", [(), ("--json",)])
    def test_a_narrow_encoding(
        self, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, verdicts: dict[str, Verdict]
    ) -> None:
        """A terminal that speaks ASCII gets question marks for letters it lacks, never a traceback; JSON is UTF-8."""
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
        assert main(["check", "emoji.txt", *arguments, "--include-text"]) == Exit.NOTHING_FLAGGED
        written = raw.getvalue()
        if arguments:
            assert json.loads(written.decode("utf-8"))["text"] == verdicts["emoji"].text
        else:
            assert b"officials stated[2]" in written

    def test_grammar_settings_reach_the_checker(self, run: Run, desk: Desk) -> None:
        """A server's address means LanguageTool; one checker serves all articles."""
        run("check", "clean.txt", "spun.txt")
        run("check", "clean.txt", "--grammar", "none")
        run("check", "clean.txt", "--languagetool-server", "http://127.0.0.1:8081")
        assert [asked["grammar"] for asked in desk.asked] == ["harper", "none", "languagetool"]
        assert desk.asked[-1]["languagetool"].server == "http://127.0.0.1:8081"
        assert desk.closed == 3

    def test_the_checker_is_stopped_whatever_happens(self, run: Run, desk: Desk) -> None:
        """Ctrl-C in the middle of an article leaves no grammar server running."""
        run("check", "interrupt.txt")
        assert desk.closed == 1

    def test_no_checker_is_made_for_nothing(self, run: Run, desk: Desk) -> None:
        """Where no article could be read the model is not loaded."""
        run("check", "missing.txt")
        assert desk.asked == []

    @pytest.mark.parametrize("address", ["https://news.example/story", "HTTPS://news.example/story"])
    def test_an_address_is_fetched(self, run: Run, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
        """An address that a person typed is fetched and judged; only public addresses are allowed."""
        asked: list[tuple[str, bool]] = []

        def fetch(url: str, limits: FetchLimits) -> Fetched:
            asked.append((url, limits.allow_private))
            return Fetched(url, b"spun", "text/plain; charset=windows-1252", "windows-1252")

        monkeypatch.setattr("detector.fetch.fetch", fetch)
        code, out, _ = run("check", "-q", address)
        assert code == Exit.FLAGGED
        assert address in out
        assert asked == [(address, False)]

    def test_an_address_inside_the_own_network(self, run: Run, desk: Desk) -> None:
        """An address of the own network is refused with the option that allows it; other articles are checked."""
        code, out, err = run("check", "-q", "http://127.0.0.1:9/story", "clean.txt")
        assert code == Exit.FAILED
        assert err.startswith("unspin: http://127.0.0.1:9/story points into the own network")
        assert "--allow-private" in err
        assert "clean.txt" in out


@pytest.mark.usefixtures("desk")
class TestPageFile:
    """--html writes a page, whole or not at all, over nothing but an earlier page."""

    def test_writes(self, run: Run, tmp_path: Path) -> None:
        """The page is written beside the report, which still appears; the note about it goes to standard error."""
        page = tmp_path / "page.html"
        code, out, err = run("check", "spun.txt", "--html", str(page))
        assert code == Exit.FLAGGED
        assert out.startswith("Spun")
        assert err == f"unspin: wrote {page}\n"
        assert page.read_text("utf-8").startswith(GENERATOR)
        assert [p.name for p in tmp_path.iterdir()] == ["page.html"]

    @pytest.mark.skipif(os.name == "nt", reason="rights are different there")
    def test_rights(self, run: Run, tmp_path: Path) -> None:
        """The page has the rights of any new file, so that a colleague can open it."""
        before = os.umask(0o022)
        try:
            run("check", "spun.txt", "--html", str(tmp_path / "page.html"))
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644

    def test_standard_output(self, run: Run) -> None:
        """- writes the page to standard output instead of the report."""
        _, out, _ = run("check", "spun.txt", "--html", "-")
        assert out.startswith(GENERATOR)
        assert out.endswith("</html>\n")

    def test_replaces_an_earlier_page(self, run: Run, tmp_path: Path) -> None:
        """Also through a link, which stays a link."""
        page, link = tmp_path / "page.html", tmp_path / "latest.html"
        run("check", "clean.txt", "--html", str(page))
        link.symlink_to(page)
        assert run("check", "spun.txt", "--html", str(link))[0] == Exit.FLAGGED
        assert link.is_symlink()
        assert "<title>Spun" in page.read_text("utf-8")

    def test_refuses_the_article(self, run: Run, tmp_path: Path) -> None:
        """The input is never overwritten, not even an earlier page that is checked, nor through another name."""
        article = tmp_path / "clean.html"
        article.write_text(GENERATOR, "utf-8")
        other = tmp_path / "other.html"
        other.hardlink_to(article)
        for target in (article, other):
            code, out, err = run("check", str(article), "--html", str(target))
            assert (code, out) == (Exit.FAILED, "")
            assert "is the article itself" in err
        assert article.read_text("utf-8") == GENERATOR

    @pytest.mark.parametrize("text", ["My story.", ""])
    def test_refuses_what_is_not_ours(self, run: Run, tmp_path: Path, text: str) -> None:
        """`--html a.txt b.txt`, typed by mistake, costs nobody a story, not even one that is yet to be written."""
        story = tmp_path / "story.txt"
        story.write_text(text, "utf-8")
        code, out, err = run("check", "spun.txt", "--html", str(story))
        assert (code, out) == (Exit.FAILED, "")
        assert "not a page that unspin wrote" in err
        assert story.read_text("utf-8") == text

    def test_refuses_folders_and_their_lack(self, run: Run, tmp_path: Path) -> None:
        """A folder is no file, and no folder is made."""
        assert "not a file" in run("check", "spun.txt", "--html", str(tmp_path))[2]
        code, _, err = run("check", "spun.txt", "--html", str(tmp_path / "no" / "page.html"))
        assert code == Exit.FAILED
        assert "does not exist" in err

    def test_control_characters_in_a_name(self, run: Run, tmp_path: Path) -> None:
        """What a person typed, or was made to paste, cannot steer the terminal: not in notes, not in errors."""
        _, _, wrote = run("check", "spun.txt", "--html", str(tmp_path / "\x1b[31mx.html"))
        _, _, failed = run("check", "spun.txt", "--html", str(tmp_path / "\x1b[31m" / "x.html"))
        _, _, usage = run("check", "spun.txt", "--\x1b[31m", "--html", "\u202ex")
        assert wrote == f"unspin: wrote {tmp_path}/?[31mx.html\n".replace("/?", f"{os.sep}?")
        assert "\x1b" not in failed + usage
        assert len(usage.splitlines()) > 1

    @pytest.mark.parametrize("name", ["x" * 5000, "The council voted. " * 100])
    def test_a_name_too_long(self, run: Run, tmp_path: Path, name: str) -> None:
        """What is too long for a name is cut short in the sentence about it."""
        code, out, err = run("check", "spun.txt", "--html", str(tmp_path / name))
        assert (code, out) == (Exit.FAILED, "")
        assert "cannot be written" in err
        assert len(err) < 300

    def test_a_folder_that_may_not_be_searched(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where not even the existence of a page can be asked for, nothing is written and nothing judged."""

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "stat", refuse)
        code, out, err = run("check", "spun.txt", "--html", str(tmp_path / "page.html"))
        assert (code, out) == (Exit.FAILED, "")
        assert err == f"unspin: {tmp_path / 'page.html'}: cannot be written (Permission denied). Name another file.\n"

    def test_a_folder_that_takes_no_file(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is told before the article is judged."""

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.mkstemp", refuse)
        code, out, err = run("check", "spun.txt", "--html", str(tmp_path / "page.html"))
        assert (code, out) == (Exit.FAILED, "")
        assert "cannot be written" in err

    def test_half_a_page_is_never_seen(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If the disk is full the earlier page stands and no draft is left."""
        page = tmp_path / "page.html"
        run("check", "clean.txt", "--html", str(page))
        before = page.read_text("utf-8")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        code, _, err = run("check", "spun.txt", "--html", str(page))
        assert code == Exit.FAILED
        assert "No space left" in err
        assert page.read_text("utf-8") == before
        assert [p.name for p in tmp_path.iterdir()] == ["page.html"]

    def test_one_article_a_page(self, run: Run, tmp_path: Path) -> None:
        """Two articles and one page are refused before any work."""
        code, out, err = run("check", "spun.txt", "clean.txt", "--html", str(tmp_path / "page.html"))
        assert (code, out) == (Exit.FAILED, "")
        assert "--html" in err

    def test_page_or_json(self, run: Run) -> None:
        """Standard output cannot hold both."""
        assert run("check", "spun.txt", "--json", "--html", "-")[0] == Exit.FAILED


class TestDoctor:
    """Which parts are ready."""

    @pytest.fixture
    def parts(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        """Replace what the doctor finds."""
        from detector.cli import doctor

        def find(*found: doctor.Part) -> None:
            monkeypatch.setattr(doctor, "examine", lambda: iter(found))

        return find

    def test_ready(self, run: Run, parts: Callable[..., None]) -> None:
        """With everything that check needs the exit code is 0, whatever else is missing."""
        from detector.cli.doctor import Part

        parts(Part("Model", True, True, "2.1 MB"), Part("Java", False, False, "not found", "Install Java."))
        code, out, _ = run("doctor")
        assert code == Exit.NOTHING_FLAGGED
        assert out == "ok  Model: 2.1 MB\n--  Java: not found\n    Install Java.\n\nunspin check is ready.\n"

    def test_not_ready(self, run: Run, parts: Callable[..., None]) -> None:
        """A needed part that is missing is marked, and the exit code is 2."""
        from detector.cli.doctor import Part

        parts(Part("Model", False, True, "damaged", "Install unspin again."))
        code, out, _ = run("doctor")
        assert code == Exit.FAILED
        assert "!!  Model: damaged\n    Install unspin again.\n" in out
        answer = json.loads(run("doctor", "--json")[1])
        assert answer["ready"] is False
        assert answer["parts"][0]["advice"] == "Install unspin again."

    def test_looks_at_every_part(self, run: Run) -> None:
        """A part that breaks while it is looked at does not hide the others."""
        answer = json.loads(run("doctor", "--json")[1])
        names = ["Python", "Model", "Tables", "Harper", "Java", "LanguageTool"]
        assert [part["name"] for part in answer["parts"]][: len(names)] == names
        assert all(part["name"].startswith("Extra ") for part in answer["parts"][len(names) :])
        assert all(part["ready"] or not part["needed"] or part["advice"] for part in answer["parts"])

    def test_a_damaged_model_is_said(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the loader says is what the doctor says."""

        def broken() -> None:
            raise ModelError("The model file does not have the hash that its manifest names.")

        module = ModuleType("detector.model")
        vars(module)["embedded"] = broken
        monkeypatch.setitem(sys.modules, "detector.model", module)
        code, out, _ = run("doctor")
        assert code == Exit.FAILED
        assert "!!  Model: cannot be used (The model file does not have the hash that its manifest names.)" in out

    def test_no_java(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Java nothing is wrong, and the advice says who would need it."""
        from detector.cli.doctor import java_part

        monkeypatch.setenv("PATH", "")
        part = java_part()
        assert not part.ready
        assert not part.needed
        assert "LanguageTool" in part.advice


class TestOtherCommands:
    """Model, LanguageTool, train, evaluate, version and help."""

    def test_model_info(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """The manifest, to read and as JSON."""
        module = ModuleType("detector.model")
        manifest = {"protocol": 1, "thresholds": {"harper": {"spun": 0.93}}, "word": [0.25], "rate": float("nan")}
        vars(module)["embedded"] = lambda: SimpleNamespace(manifest=manifest)
        monkeypatch.setitem(sys.modules, "detector.model", module)
        code, out, _ = run("model", "info")
        assert code == 0
        assert out == (
            "protocol: 1\nthresholds:\n  harper:\n    spun: 0.93\nrate: not measured\n"
            "Add --json to see the coefficients and the quantiles of published news.\n"
        )
        assert json.loads(run("model", "info", "--json")[1]) == {
            "schema": "unspin.model/1",
            "protocol": 1,
            "thresholds": {"harper": {"spun": 0.93}},
            "word": [0.25],
            "rate": None,
        }

    @pytest.mark.parametrize("command", ["train", "evaluate"])
    def test_data_folder_missing(self, run: Run, command: str, tmp_path: Path) -> None:
        """A folder that is not there is one sentence and 2, before anything heavy is imported."""
        code, _, err = run(command, str(tmp_path / "no"))
        assert code == Exit.FAILED
        assert err.endswith("no: not a folder. Name the folder that contains the data.\n")

    def test_version(self, run: Run) -> None:
        """The version of the installed distribution."""
        from importlib.metadata import version

        assert run("--version") == (0, f"unspin {version('unspin')}\n", "")

    def test_no_arguments(self, run: Run) -> None:
        """The command alone shows its help and has done no work."""
        code, out, err = run()
        assert code == Exit.FAILED
        assert "Usage: unspin" in out + err

    @pytest.mark.parametrize(
        "arguments", [("check",), ("check", "--what"), ("chekc",), ("check", "a", "--fail-on", "x")]
    )
    def test_wrong_usage(self, run: Run, arguments: tuple[str, ...]) -> None:
        """A wrong command line is explained on standard error and ends in 2."""
        code, out, err = run(*arguments)
        assert (code, out) == (Exit.FAILED, "")
        assert "Usage: unspin" in err

    def test_reference_is_current(self) -> None:
        """docs/cli.md is what the help says; `python -m detector.cli.reference > docs/cli.md` makes it so."""
        assert DOCS.read_text("utf-8") == reference()

    def test_help_is_light(self) -> None:
        """Neither --help nor a mistyped folder waits for NumPy or scikit-learn."""
        script = (
            "import sys; from detector.cli import main; code = main(sys.argv[1:]); "
            "heavy = {'numpy', 'sklearn', 'scipy', 'joblib', 'skops'} & set(sys.modules); "
            "sys.exit(f'imported {heavy}' if heavy else code)"
        )
        for arguments, code in ((["--help"], 0), (["check", "--help"], 0), (["train", "no-such-folder"], 2)):
            done = subprocess.run(
                [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
            )
            assert done.returncode == code, done.stderr

    def test_module(self) -> None:
        """`python -m detector` is the command."""
        done = subprocess.run(
            [sys.executable, "-m", "detector", "--version"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert done.stdout.startswith("unspin ")


def test_labels_and_fail_on_agree() -> None:
    """Each label that --fail-on names is a label."""
    from detector.cli.options import FailOn

    assert {choice.value for choice in FailOn} - {"never"} <= {label.value for label in Label}


class TestLearning:
    """Train and evaluate hand over to modules that are only imported then."""

    @pytest.mark.parametrize(("command", "module"), [("train", "lab.training.train"), ("evaluate", "lab.evaluation")])
    @pytest.mark.parametrize("quiet", [False, True])
    def test_hands_over(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, module: str, *, quiet: bool
    ) -> None:
        """The folders arrive as given; progress goes to standard error, or nowhere with --quiet."""
        asked: list[tuple[Path, Path]] = []

        def work(data: Path, out: Path, *, progress: Callable[[str], None], **_: object) -> None:
            asked.append((data, out))
            progress("half done")

        fake = ModuleType(f"detector.{module}")
        vars(fake)[command] = work
        monkeypatch.setitem(sys.modules, f"detector.{module}", fake)
        out = tmp_path / "out"
        option = ("--quiet",) if quiet else ()
        assert run(command, str(tmp_path), "--out", str(out), *option) == (0, "", "" if quiet else "half done\n")
        assert asked == [(tmp_path, out)]


class TestLanguageTool:
    """The second grammar checker: asked for its state, installed on demand."""

    @pytest.fixture
    def nobody(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """No server, no installation, no settings."""
        for name in ("UNSPIN_LANGUAGETOOL_SERVER", "UNSPIN_LANGUAGETOOL_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA", "LTP_PATH"):
            monkeypatch.setenv(name, str(tmp_path))

    @pytest.mark.usefixtures("nobody")
    def test_status_of_nothing(self, run: Run) -> None:
        """Where there is none, 2 and what to do about it."""
        code, out, _ = run("languagetool", "status")
        assert code == Exit.FAILED
        assert out.startswith("--  LanguageTool: ")
        assert "unspin languagetool install" in out
        assert "Not needed" in out

    @pytest.mark.usefixtures("nobody")
    def test_status_of_a_server_that_is_down(self, run: Run) -> None:
        """A server that does not answer is not ready, and the JSON says so too."""
        code, out, _ = run("languagetool", "status", "--json", "--languagetool-server", "http://127.0.0.1:9")
        assert code == Exit.FAILED
        assert json.loads(out)["ready"] is False
        assert json.loads(out)["schema"] == "unspin.languagetool/1"

    def test_install(self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The folder is the result; that something is being downloaded is a note."""
        monkeypatch.setattr(languagetool, "install", lambda: tmp_path)
        code, out, err = run("languagetool", "install")
        assert (code, out) == (0, f"{tmp_path}\n")
        assert "downloading" in err

    def test_install_fails(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """No network, no Java: one sentence and 2."""

        def fail() -> None:
            raise CheckerUnavailable("LanguageTool could not be installed: no Java.")

        monkeypatch.setattr(languagetool, "install", fail)
        code, out, err = run("languagetool", "install")
        assert (code, out) == (Exit.FAILED, "")
        assert err.endswith("unspin: LanguageTool could not be installed: no Java.\n")
