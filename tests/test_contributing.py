"""docs/contributing.md is followed to the letter, in a copy of the packages: what it shows how to add works."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt

CLONE = Path(__file__).resolve().parent.parent
PAGE = CLONE / "docs" / "contributing.md"
LARGE = ("features/tables", "detector/artefact", "seeds")
MOST_LINES = 30
PLACE = re.compile(r"(?:#|//|<!--) (?P<file>[\w/]+\.\w+)(?:, at the end of the body -->)?")
LIST = re.compile(r"(?P<imports>(?:from .*\n)+)\n(?P<name>[A-Z]+) = \(\n(?P<lines>(?:    .*\n)+)\)\n")
REST = "    ...,\n"


class Step(NamedTuple):
    """A block of the page: the file it belongs to, and what stands below the line that names it."""

    file: str
    code: str


def sections() -> dict[str, str]:
    """The parts of the page that show how to add something, by their headings."""
    _, *parts = re.split(
        r"^### (.*)\n", PAGE.read_text(encoding="utf-8").partition("\n## A release")[0], flags=re.MULTILINE
    )
    return dict(zip(parts[::2], parts[1::2], strict=True))


def steps(text: str) -> list[Step]:
    """The blocks of a part of the page, in order."""
    found = []
    for token in MarkdownIt().parse(text):
        if token.type == "fence":
            first, _, code = token.content.partition("\n")
            place = PLACE.fullmatch(first)
            assert place is not None, f"{first} does not name a file"
            found.append(Step(place["file"], code))
    return found


def follow(step: Step, root: Path) -> None:
    """Write a new file, put lines into a list of an old one, or add them at its end."""
    path = root / step.file
    if not path.exists():
        path.write_text(step.code, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = text.replace("</body>", f"{step.code}</body>")
    elif (shown := LIST.fullmatch(step.code)) is None:
        text += step.code
    else:
        start = re.search(rf"^{shown['name']}\b.* = \(\n", text, re.MULTILINE)
        assert start is not None
        at = text.index("\n)\n", start.end()) + 1 if shown["lines"].startswith(REST) else start.end()
        text = text[:at] + shown["lines"].replace(REST, "") + text[at:]
        at = re.search(r"^from (?:detector|features)\b", text, re.MULTILINE).start()  # type: ignore[union-attr]
        text = text[:at] + shown["imports"] + text[at:]
    path.write_text(text, encoding="utf-8")


def copy_with(root: Path, *titles: str) -> Path:
    """A copy of the packages with what some parts of the page show; what is large is linked."""
    linked = {CLONE / name for name in LARGE}
    for package in ("features", "detector"):
        shutil.copytree(
            CLONE / package,
            root / package,
            ignore=lambda folder, names: [n for n in names if n == "__pycache__" or Path(folder) / n in linked],
        )
    for name in LARGE:
        (root / name).symlink_to(CLONE / name)
    shown = sections()
    for title in titles:
        for step in steps(shown[title]):
            follow(step, root)
    return root


def run(copy: Path, *command: str, code: int = 0) -> str:
    """What this Python prints in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_the_page_shows_all_of_them() -> None:
    """Each in fewer than 30 lines, blank ones not counted."""
    shown = sections()
    assert list(shown) == ["A feature", "A rewriter", "A source", "A route", "A page element", "A command"]
    lengths = {title: sum(bool(line.strip()) for line in text.splitlines()) for title, text in shown.items()}
    assert max(lengths.values()) < MOST_LINES, lengths


def test_the_feature_is_measured_and_shown(tmp_path: Path) -> None:
    """Its columns come last, it keeps the contract, and the screen has words for its marks."""
    copy = copy_with(tmp_path, "A feature")
    script = """
import json
from pathlib import Path
import features
from detector import faults
from detector.render.words import kind_of
from features import FEATURES, build
from features.document import Document
from features.language_model.analysis import Analyst
made = build(Analyst.load(Path(features.__file__).parent / "tables"), None)[-1]
text = "Stop! Nobody knows. Really!"
print(json.dumps([
    features.__file__, dict(made.measure(Document(text)).values), [mark.span for mark in made.measure(Document(text)).evidence],
    faults(made, text) + faults(made, "!"), kind_of("exclamations").key, FEATURES[-1].title,
]))
"""
    place, values, marks, wrong, kind, title = json.loads(run(copy, "-c", script))
    assert Path(place).is_relative_to(copy)
    assert values == {"exclamations_per_1000_words": 500.0}
    assert marks == [[4, 5], [26, 27]]
    assert (wrong, kind, title) == ([], "telltale", "exclamation marks")


def test_the_rewriter_spins_and_is_never_trained_on(tmp_path: Path) -> None:
    """It is a family like any other; training and its leave-one-out groups are as they were."""
    copy = copy_with(tmp_path, "A rewriter")
    script = """
import json, random
from pathlib import Path
from detector.lab.evaluation.left_out import LEFT_OUT
from detector.lab.spinners import families, restore
from detector.lab.training.training_sets import trained_spinners
spun = families(Path("nowhere"))["shouting"].spin("He said no.", random.Random(1))
print(json.dumps([spun.text, restore(spun), "shouting" in trained_spinners(Path("nowhere")), sum(LEFT_OUT.values(), ())]))
"""
    pytest.importorskip("lemminflect", reason="the packages of training (extra train) are missing")
    text, original, trained, left_out = json.loads(run(copy, "-c", script))
    assert text in {"He shouted no.", "He cried no."}
    assert original == "He said no."
    assert not trained
    assert "shouting" not in left_out


def test_the_source_is_audited(tmp_path: Path) -> None:
    """Each of its lines is judged under its own place."""
    copy = copy_with(tmp_path / "copy", "A source")
    stories = [path.read_text(encoding="utf-8") for path in sorted((CLONE / "seeds" / "texts").glob("*.txt"))[:2]]
    source = tmp_path / "today.txt"
    source.write_text("#stories\n" + "".join(f"{' '.join(text.split())}\n" for text in stories), encoding="utf-8")
    command = ("-m", "detector", "audit", str(source), "--store", str(tmp_path / "a.sqlite"), "--grammar", "none")
    run(copy, *command, "--fail-on", "never")
    rows = run(copy, "-m", "detector", "report", str(tmp_path / "a.sqlite"), "--jsonl", "-", "--quiet")
    assert {json.loads(row)["source"] for row in rows.splitlines()} == {f"{source}:2", f"{source}:3"}


def test_the_page_element_and_its_route_are_served(tmp_path: Path) -> None:
    """The page holds the element, and the server answers what it asks for."""
    copy = copy_with(tmp_path, "A route", "A page element")
    pytest.importorskip("fastapi", reason="the server's packages (extra serve) are missing")
    script = """
import asyncio, json
from detector.web.app import create_app
from detector.web.pool import Pool
from detector.web.settings import Settings
settings = Settings()
app, _ = create_app(settings, Pool(settings.pool, {"grammar": "none"}))

async def get(path):
    sent = []
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}
    async def send(message):
        sent.append(message)
    headers = [(b"host", f"127.0.0.1:{settings.port}".encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
             "client": ("127.0.0.1", 5), "server": ("127.0.0.1", settings.port)}
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent).decode()

print(json.dumps([asyncio.run(get(path)) for path in ("/page/greeting", "/", "/page/js/greeting.js", "/page/settings")]))
"""
    (route, answer), (page, html), (file, code), (other, _) = json.loads(run(copy, "-c", script))
    assert (route, page, file, other) == (200, 200, 200, 200)
    assert json.loads(answer) == {"greeting": "Good morning"}
    assert '<p id="greeting"></p>' in html
    assert 'fetch("/page/greeting")' in code


def test_the_command_is_listed_and_runs(tmp_path: Path) -> None:
    """It is in the help beside the others."""
    copy = copy_with(tmp_path, "A command")
    assert run(copy, "-m", "detector", "hello") == "Good morning.\n"
    assert "hello" in run(copy, "-m", "detector", "--help")
