"""`unspin check` on folders and zip archives: each file is one article."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packed_files import word_document

from detector.audit.sources.files import MOST_FILES, File, files_of, files_of_archive
from detector.cli import Exit, main
from detector.read import Limits

TEXTS = Path(__file__).parents[2] / "seeds" / "texts"
SPUN = (TEXTS / "river-board-talks.spun-dictionary.txt").read_bytes()
HUMAN = (TEXTS / "river-board-talks.txt").read_bytes()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def unpacked(data: bytes, limits: Limits | None = None) -> list[File]:
    """Return the files of an archive."""
    return list(files_of_archive(data, name="a.zip", limits=limits or Limits()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of four articles, one of which is a picture, and a style sheet."""
    made = tmp_path / "desk"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_bytes(SPUN)
    (made / "b.txt").write_bytes(PICTURE)
    (made / "sub" / "c.docx").write_bytes(word_document(*HUMAN.decode().splitlines()))
    (made / "style.css").write_text("p {}")
    (made / "d.zip").write_bytes(zipped(("../../e.txt", HUMAN)))
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `unspin check`; gives exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["check", "--grammar", "none", *arguments])
        return code, *capsys.readouterr()

    return call


def test_every_file_is_judged_and_one_bad_one_costs_no_other(
    run: Callable[..., tuple[int, str, str]], folder: Path
) -> None:
    """The bad file has an error in its place; a zip in the folder is opened; other files are left out."""
    code, out, err = run("--json", str(folder))
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == Exit.FAILED
    assert [row["source"].removeprefix(f"{folder}/") for row in rows] == [
        "a.txt", "b.txt", "d.zip!../../e.txt", "sub/c.docx",
    ]  # fmt: skip
    assert [row.get("label") for row in rows] == ["spun", None, "clean", "clean"]
    assert "is an image" in rows[1]["error"]
    assert err.count("\n") == 1
    assert not (folder.parent.parent / "e.txt").exists()


def test_a_summary_ends_the_reports(run: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    """The last lines name each article with its answer; --quiet prints lines alone, as always."""
    _, out, _ = run(str(folder))
    last = out.rpartition("=" * 80)[2].split()
    assert [word for word in last if word in {"spun,", "clean,", "not"}] == ["spun,", "not", "clean,", "clean,"]
    code, out, _ = run("-q", str(folder / "a.txt"), str(folder / "d.zip"))
    assert code == Exit.FLAGGED
    assert [line.partition(":")[0].rpartition("/")[2] for line in out.splitlines()] == ["a.txt", "e.txt"]


@pytest.mark.parametrize("name", ["", "d.zip"])
def test_a_page_holds_one_article(run: Callable[..., tuple[int, str, str]], folder: Path, name: str) -> None:
    """--html is refused for a folder and an archive."""
    code, _, err = run("--html", str(folder.parent / "page.html"), str(folder / name))
    assert code == Exit.FAILED
    assert "a page holds one article" in err


def test_a_document_is_one_article(run: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    """A .docx, which is a zip archive, too, keeps its reading and its JSON."""
    _, out, _ = run("--json", str(folder / "sub" / "c.docx"))
    assert json.loads(out)["label"] == "clean"
    assert out.startswith("{\n")


def test_limits_of_an_archive() -> None:
    """A bomb, too many files, an archive in an archive, a list, a password, and damage are each told in one sentence."""
    bomb = zipped(("bomb.txt", b"a" * 60_000_000), ("after.txt", HUMAN))
    big, after = unpacked(bomb)
    assert "larger than 10 MB" in big.problem
    assert after.data == HUMAN
    small = Limits(max_bytes=10_000)
    swollen = unpacked(zipped(*((f"{number}.txt", bytes([65 + number]) * 9_000) for number in range(10))), small)
    assert len(swollen[:-1]) == 5
    assert "unpacks to far more" in swollen[-1].problem
    many = unpacked(zipped(*((f"{number}.txt", b"x") for number in range(MOST_FILES + 5))))
    assert len(many) == MOST_FILES + 1
    assert f"more than {MOST_FILES} files" in many[-1].problem
    (nested,) = unpacked(zipped(("inner.zip", zipped(("a.txt", HUMAN)))))
    assert "packed more than once" in nested.problem
    (table,) = unpacked(zipped(("feed.csv", b"text\nx\n")))
    assert "unspin audit" in table.problem
    (cut,) = unpacked(zipped(("a.txt", HUMAN))[:200])
    assert "damaged" in cut.problem
    (empty,) = unpacked(zipped(("logo.png", PICTURE)))
    assert "without an article" in empty.problem


def test_too_many_files_in_a_folder(tmp_path: Path) -> None:
    """The first ones are read; then one sentence names the audit."""
    for number in range(MOST_FILES + 5):
        (tmp_path / f"{number:03}.txt").write_text("x")
    found = list(files_of(str(tmp_path)))
    assert len(found) == MOST_FILES + 1
    assert "unspin audit" in found[-1].problem


def test_names_are_only_names() -> None:
    """Names that repeat, climb or control a terminal are shown and never used as paths."""
    names = ["../../etc/passwd.txt", "/abs.txt", "a\x1b[31m.txt", "same.txt", "same.txt"]
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(*((name, HUMAN) for name in names), method=zipfile.ZIP_STORED)
    found = unpacked(data)
    assert [file.place for file in found] == [
        "a.zip!../../etc/passwd.txt", "a.zip!/abs.txt", "a.zip!a\\x1b[31m.txt", "a.zip!same.txt", "a.zip!same.txt (2)",
    ]  # fmt: skip
    assert all(file.data == HUMAN for file in found)


@pytest.mark.parametrize("page", ["page.md", "editors.md", "http-api.md"])
def test_the_docs_name_the_limit(page: str) -> None:
    """The number of files is the one that holds."""
    assert f"up to {MOST_FILES} files" in (TEXTS.parents[1] / "docs" / page).read_text(encoding="utf-8")
