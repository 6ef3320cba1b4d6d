"""What the documentation shows is what happens: every code block of every page is run.

``python`` blocks of a page run one after another, in one namespace, ``pycon`` blocks as doctests. In ``console`` blocks
a line that begins with ``$ `` is a command, and the lines below it are what it prints (``...`` stands for anything);
without a ``$`` every line is a command and no output is shown. ``json``, ``toml`` and ``yaml`` blocks must parse.
``text`` blocks show something. Everything else, and every block that cannot run here, stands in ``NOT_RUN`` with its
reason.
"""

import builtins
import contextlib
import doctest
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from detector.cli import main

CLONE = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [
        "README.md",
        "notebooks/README.md",
        "seeds/README.md",
        *(page.relative_to(CLONE).as_posix() for page in (CLONE / "docs").rglob("*.md")),
    ]
)

TINY = "takes minutes; tests/detector/lab/data/test_tiny.py runs these three commands"
NETWORK = "downloads, and no test needs the network"
SERVER = "runs until it is stopped; started and stopped in tests/detector/web"

# (page, text the block or the command line begins with, why it is not run)
NOT_RUN = (
    ("README.md", "python3 start.py test", "this very test is part of it"),
    ("README.md", "python3 start.py serve", SERVER),
    ("README.md", "python3 start.py tiny", TINY),
    ("README.md", "python3 start.py train", TINY),
    ("README.md", "python3 start.py evaluate", TINY),
    ("docs/training-data.md", "python3 start.py", TINY),
    (
        "docs/audit.md",
        "unspin audit https://example.org/feed.xml",
        "it looks again and again, at a feed that is not there",
    ),
    (
        "docs/audit.md",
        "unspin audit feed.xml --archive",
        "it needs an archive; tests/detector/audit/test_audit_sources.py runs it",
    ),
    ("docs/desk.md", "export UNSPIN_NOTIFY", "it posts to Slack; tests/detector/audit/ post to a server of their own"),
    ("docs/desk.md", "unspin audit /srv/incoming --store audit.sqlite --quiet --mail", "it sends mail"),
    ("docs/editors.md", "unspin check folder/", "its files are the reader's; tests/detector/ make some"),
    ("docs/audit.md", "createdb", "it needs a PostgreSQL server; tests/detector/audit/ uses one"),
    ("docs/archive.md", "pip install", NETWORK),
    ("docs/reader.md", "unspin train DATA", "it trains until it is stopped"),
    ("docs/reader.md", "python -m detector.lab.training.reader", "it trains until it is stopped"),
    (
        "docs/archive.md",
        "unspin archive add feed --archive 'opensearch",
        "it asks a server; tests/detector/archive/ does",
    ),
    ("docs/archive.md", "python -m detector.lab.benchmarks.archive", "it takes minutes, and a data folder"),
    ("docs/audit.md", "dask scheduler", "it takes several machines"),
    ("docs/audit.md", "python -m detector.lab.benchmarks.audit FEED", "it takes minutes"),
    ("docs/contributing.md", "python3 start.py test", "this very test is part of it"),
    *(
        ("docs/contributing.md", start, "applied to a copy in tests/test_contributing.py")
        for start in ("# features/", "# detector/", "// detector/", "<!-- detector/")
    ),
    ("docs/editors.md", "unspin serve", SERVER),
    ("docs/data-science.md", "pip install", NETWORK),
    ("docs/spinners.md", "import random", "reads a spinner's list from a data folder that cannot be committed"),
    (
        "docs/speed.md",
        "python -m detector.lab.benchmarks.check",
        "takes minutes; tests/detector/lab/benchmarks/test_check_benchmark.py runs parts",
    ),
    ("docs/http-api.md", "curl", "it asks a server; tests/detector/web/ does"),
    ("docs/deploy.md", "python3 -c", "it writes into the system's folders"),
    ("docs/deploy.md", "podman", "it takes podman and a registry"),
    ("docs/json-schema.md", "unspin check --json story.txt | jq", "needs jq, which is no part of unspin"),
)

# What pages call the reader's own files, and what stands in for them.
STAND_INS = {"ARTICLE": "story.txt"}

SHELL = re.compile(r"[|<>&;*]")


@dataclass(frozen=True)
class Block:
    """One fenced block: its page, the number of its first line of code, its language and its code."""

    page: str
    line: int
    language: str
    code: str


def blocks_of(page: str) -> list[Block]:
    """List the fenced blocks of a page in order, those in lists and quotes too."""
    tokens = MarkdownIt().parse((CLONE / page).read_text(encoding="utf-8"))
    fences = [t for t in tokens if t.type == "fence" and not t.info.startswith("{")]
    return [Block(page, t.map[0] + 2, t.info.split()[0] if t.info.strip() else "", t.content) for t in fences if t.map]


def reason_not_to_run(page: str, code: str) -> str | None:
    """Say why a block or a command is not run, or None where it is."""
    return next((why for where, start, why in NOT_RUN if where == page and code.strip().startswith(start)), None)


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a reader's folder: the seeds, a spun and a clean story under the names that pages use, and nothing else."""
    (tmp_path / "seeds").symlink_to(CLONE / "seeds")
    (tmp_path / "notebooks").symlink_to(CLONE / "notebooks")
    texts = CLONE / "seeds" / "texts"
    (tmp_path / "story.txt").write_bytes((texts / "river-board-talks.spun-dictionary.txt").read_bytes())
    (tmp_path / "other.txt").write_bytes((texts / "river-board-talks.txt").read_bytes())
    feed = tmp_path / "feed"
    feed.mkdir()
    for story in sorted(texts.glob("*.txt"))[:6]:
        (feed / story.name).write_bytes(story.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page)])
def test_every_block_of_a_page_does_what_it_shows(page: str, newsroom: Path) -> None:
    """A reader who copies a block gets what the page promises."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks_of(page):
        if reason_not_to_run(page, block.code):
            continue
        match block.language:
            case "python":
                run_python(block, namespace)
            case "pycon":
                run_doctest(block, namespace)
            case "console":
                run_console(block)
            case "json":
                json.loads(block.code)
            case "toml":
                tomllib.loads(block.code)
            case "yaml":
                yaml.safe_load(block.code)
            case "text":
                continue
            case other:
                pytest.fail(f"{page}:{block.line}: a block of “{other}” is not run; say why in NOT_RUN")


def test_the_tutorial_quotes_the_report_that_its_reader_gets(newsroom: Path) -> None:
    """Pieces of the report of the first command stand there line by line as the model of today prints them."""
    page = "docs/tutorial.md"
    _, printed = run_command("unspin check seeds/texts/river-board-talks.spun-dictionary.txt")
    report = {line.rstrip() for line in printed.splitlines()}
    quoted = [
        line.rstrip() for block in blocks_of(page) if block.language == "text" for line in block.code.splitlines()
    ]
    assert quoted
    assert [line for line in quoted if line not in report] == []


def test_what_is_not_run_is_still_shown() -> None:
    """An entry of the table whose block has gone would hide the next one that begins alike."""
    gone = [
        (page, start)
        for page, start, _ in NOT_RUN
        if not any(
            line.removeprefix("$ ").strip().startswith(start)
            for block in blocks_of(page)
            for line in (block.code, *block.code.splitlines())
        )
    ]
    assert gone == []


def test_a_wrong_output_is_noticed(newsroom: Path) -> None:
    """The comparison is able to fail, and says where."""
    block = Block("docs/x.md", 7, "console", "$ unspin --version\nsomething else\n")
    with pytest.raises(pytest.fail.Exception, match=r"docs/x\.md:7"):
        run_console(block)


def test_anything_may_stand_for_dots(newsroom: Path) -> None:
    """Figures that change with the model are left out with dots."""
    run_console(Block("docs/x.md", 1, "console", "$ unspin --version\nunspin ...\n"))


def run_python(block: Block, namespace: dict[str, object]) -> None:
    """Run a block in the page's namespace; what it prints is nobody's business."""
    source = compile("\n" * (block.line - 1) + block.code, str(CLONE / block.page), "exec")
    namespace.setdefault("__builtins__", builtins)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, namespace)  # noqa: S102 - the project's own pages


def run_doctest(block: Block, namespace: dict[str, object]) -> None:
    """Run a session and compare what it shows."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(block.code, {}, block.page, str(CLONE / block.page), block.line - 1)
    test.globs = namespace
    said = io.StringIO()
    if doctest.DocTestRunner(optionflags=flags).run(test, out=said.write, clear_globs=False).failed:
        pytest.fail(said.getvalue())


def run_console(block: Block) -> None:
    """Run the commands of a block and compare the outputs that it shows."""
    for command, shown in commands_of(block.code):
        if reason_not_to_run(block.page, command):
            continue
        code, printed = run_command(command)
        where = f"{block.page}:{block.line}: $ {command}"
        if code == 2:
            pytest.fail(f"{where}\ncould not do its work:\n{printed}")
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        if shown is not None and not doctest.OutputChecker().check_output(shown, printed, flags):
            pytest.fail(f"{where}\nprinted\n{printed}\nand the page shows\n{shown}")


def commands_of(code: str) -> Iterator[tuple[str, str | None]]:
    """Give each command with the output shown beneath it; None where no output is shown."""
    if not code.startswith("$ "):
        yield from ((line, None) for line in code.splitlines() if line.strip() and not line.startswith("#"))
        return
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        yield command, shown if shown.strip() else None


def run_command(command: str) -> tuple[int, str]:
    """Run one command as its reader would; give its exit code and everything that it wrote."""
    words = [STAND_INS.get(word, word) for word in shlex.split(command, comments=True)]
    if SHELL.search(re.sub(r"#.*", "", command)) or words[0] not in {"unspin", "python3", "python"}:
        return in_shell(" ".join(STAND_INS.get(word, word) for word in command.split(" ")))
    for beginning in (["unspin"], ["python3", "start.py"], ["python", "-m", "detector"]):
        if words[: len(beginning)] == beginning:
            return in_process(words[len(beginning) :])
    return in_shell(command)


def in_process(arguments: list[str]) -> tuple[int, str]:
    """Run a command of unspin here, which saves starting Python."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = main(arguments)
    return code, printed.getvalue()


def in_shell(command: str) -> tuple[int, str]:
    """Run a line of shell with the environment's own commands first."""
    line = re.sub(r"\bpython3 start\.py\b", "unspin", command)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line],
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
