"""What is built is what works: the wheel holds the packages, their tables and types, and imports on its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parent.parent


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


def test_the_wheel_imports_outside_the_clone(wheel: Path, tmp_path: Path) -> None:
    """The packages work from where they were installed, not because the clone is at hand."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    code = "import detector, features; print(detector.__file__, features.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count(str(tmp_path / "installed")) == 2
