"""What is built is what works: the wheel holds the packages, their tables and types, and is used outside the clone."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parent.parent
STORY = CLONE / "seeds" / "texts" / "river-board-talks.spun-dictionary.txt"
MOST_BYTES, MOST_UNPACKED = 75_000_000, 80_000_000

# What somebody else's program may look like; everything in it must have a type.
SNIPPET = """\
from pathlib import Path

from detector import Checker, Detector, Document, Evidence, FeatureTransformer, Label, UnspinError, Verdict, check
from detector.render import as_dict, as_html, as_json

def marks(verdict: Verdict) -> list[tuple[str, str]]:
    found: tuple[Evidence, ...] = verdict.evidence
    return [(verdict.text[slice(*mark.span)], mark.expected[0]) for mark in found if mark.expected]

def accused(path: Path) -> bool:
    try:
        return check(path.read_text(encoding="utf-8"), grammar="none").label is Label.SPUN
    except UnspinError as error:
        print(error)
        return False

checker = Checker(grammar="none")
reveal_type(checker.check(Document("Talks ended.")).probability)
reveal_type(as_json(check("Talks ended.")))
reveal_type(Detector(n_jobs=2).fit(["a"], ["b"]))
reveal_type(FeatureTransformer("articles").transform(["a"]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=CLONE,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def outside(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Python of an environment with the wheel in it; what the wheel depends on comes from ours."""
    folder = tmp_path_factory.mktemp("outside")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install"]
    subprocess.run(
        [*install, "--no-deps", "--no-index", "--no-compile", str(wheel)], check=True, capture_output=True, cwd=folder
    )
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    # Our own unspin does not come along: it is known through another .pth file, which this one does not lead to.
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """List the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_packages(names: set[str]) -> None:
    """A table that is left out is missed only by users, so all that git has in the packages is compared."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "features", "detector", "seeds"], cwd=CLONE, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    committed = {name for name in listed.stdout.decode().split("\0") if name and (CLONE / name).is_file()}
    expected = {name for name in committed if not name.startswith("seeds/texts/")}
    assert expected - names == set()


def test_the_wheel_leaves_the_rest_behind(names: set[str]) -> None:
    """Seed articles, tests and notebooks stay in the repository; the licence and the notices travel along."""
    assert not [name for name in names if name.startswith(("seeds/texts/", "tests/", "notebooks/", "docs/"))]
    assert {name.rsplit("/", 1)[-1] for name in names if ".dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_the_wheel_is_small(wheel: Path) -> None:
    """What everybody downloads stays under 75 MB, and what it becomes when it is unpacked under 80 MB."""
    with zipfile.ZipFile(wheel) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    assert wheel.stat().st_size < MOST_BYTES
    assert unpacked < MOST_UNPACKED


def test_the_source_archive_builds_the_same_wheel(names: set[str], tmp_path: Path) -> None:
    """Whoever builds from the source archive gets every file that the wheel has, and the tests with it."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)],
        cwd=CLONE,
        check=True,
        capture_output=True,
    )
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in names if ".dist-info/" not in name} - inside == set()
    assert {"pyproject.toml", "README.md", "LICENSE", "NOTICE", "start.py", "tests/test_wheel.py"} - inside == set()


def test_the_installed_command_judges_outside_the_clone(outside: Path, tmp_path: Path) -> None:
    """`unspin` and `python -m detector` give the same verdict, from the installed packages alone."""
    story = tmp_path / "story.txt"
    story.write_bytes(STORY.read_bytes())
    answers = [
        subprocess.run([*command, "check", "--json", "story.txt"], cwd=tmp_path, capture_output=True, check=False)
        for command in ([outside.with_name("unspin" + outside.suffix)], [outside, "-m", "detector"])
    ]
    assert [answer.returncode for answer in answers] == [1, 1]
    assert answers[0].stdout == answers[1].stdout
    assert json.loads(answers[0].stdout)["label"] == "spun"


def test_the_packages_come_from_where_they_were_installed(outside: Path, tmp_path: Path) -> None:
    """Nothing is read from the clone, however near it is."""
    code = "import detector, features; print(detector.__file__, features.__file__)"
    done = subprocess.run([outside, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count(str(outside.parent.parent)) == 2


def test_the_types_are_there_for_others(outside: Path, tmp_path: Path) -> None:
    """A strict type checker in somebody else's project knows what unspin gives."""
    program = tmp_path / "program.py"
    program.write_text(SNIPPET, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", outside, "--cache-dir", "cache", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    revealed = [line.partition("Revealed type is ")[2] for line in done.stdout.splitlines() if "Revealed" in line]
    assert done.returncode == 0, done.stdout + done.stderr
    assert [kind.strip('"').rsplit(".", 1)[-1].partition("[")[0] for kind in revealed[:3]] == [
        "float",
        "str",
        "Detector",
    ]
    assert "ndarray" in revealed[3]
