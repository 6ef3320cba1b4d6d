"""The repository keeps its promises: documented commands work, rules have reasons, nothing stray is committed."""

import re
import shlex
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from detector.cli import main

CLONE = Path(__file__).resolve().parent.parent
README = CLONE / "README.md"
PYPROJECT = CLONE / "pyproject.toml"
CONSTRAINTS = CLONE / "constraints.txt"

MOST_BYTES = 80_000_000
CODE = {".py", ".typed", ".html", ".css", ".js", ".svg"}

# Put together here so that this file is not the one that names them.
HOSTS = [
    a + "." + b for a, b in (("pypi", "org"), ("maven", "org"), ("debian", "org"), ("npmjs", "com"), ("npmjs", "org"))
]
STRAY = re.compile("|".join(map(re.escape, HOSTS)) + r"|(?<![\w.-])/wor" + r"k(?=/|\s|$)")


def committed() -> list[Path]:
    """List the files that git knows, as they are in the working tree."""
    if not (CLONE / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=CLONE, capture_output=True, check=True).stdout
    files = [CLONE / name for name in names.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


def readme_commands() -> list[str]:
    """List the shell commands that the README shows, without their comments."""
    blocks = re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return [
        " ".join(shlex.split(line, comments=True)) for block in blocks for line in block.splitlines() if line.strip()
    ]


def test_readme_opens_with_the_two_commands() -> None:
    """The first thing a reader can copy is the main job, the second the tests."""
    main_job, tests, *_ = readme_commands()
    assert main_job.startswith("python3 start.py check seeds/texts/")
    assert tests == "python3 start.py test"
    assert README.read_text(encoding="utf-8").index(main_job) < 200


@pytest.mark.parametrize("command", readme_commands())
def test_readme_names_only_files_that_exist(command: str) -> None:
    """A path in a shown command is in the clone; words in capitals stand for a file of the reader's."""
    for word in shlex.split(command):
        if ("/" in word or word.endswith(".py")) and not word.startswith("http"):
            assert any(CLONE.glob(word.rstrip("/"))), f"{word} in `{command}` does not exist"


START = {"test", "docs", "tiny"}
"""Words that start.py answers by itself; tests/test_start.py tests them."""


@pytest.mark.parametrize("name", sorted({c.split()[2] for c in readme_commands() if "start.py" in c} - START))
def test_readme_names_only_commands_that_exist(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command that the README shows answers to --help."""
    assert main([name, "--help"]) == 0
    assert f"unspin {name}" in capsys.readouterr().out


@pytest.mark.parametrize("line", [line for line in CONSTRAINTS.read_text("utf-8").splitlines() if line[:1] != "#"])
def test_every_constraint_can_be_had_on_the_oldest_python(line: str) -> None:
    """`make constraints` runs on one Python; on an older one a version that asks for more cannot be installed at all."""
    oldest = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["requires-python"].removeprefix(">=")
    name, _, version = line.partition("==")
    try:
        installed = metadata(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed here")
    if installed["Version"] != version:
        pytest.skip(f"{name} {installed['Version']} is installed here and not {version}")
    # A package may say nothing of it, and then none of these headers is there.
    assert all(SpecifierSet(wanted).contains(f"{oldest}.0") for wanted in installed.get_all("Requires-Python") or [])


def test_every_ignored_rule_has_a_reason() -> None:
    """A rule is switched off for a reason, written beside it."""
    lint = PYPROJECT.read_text(encoding="utf-8").split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    rules = [line for line in lint.splitlines() if re.match(r'\s+"[A-Z]+\d*"', line)]
    assert len(rules) > 10
    assert [line for line in rules if not re.search(r'",\s+# \S+ \S+', line)] == []


def test_nothing_stray_is_committed() -> None:
    """No file names a package registry's host or a path of the machine it was written on."""
    found = {
        str(file.relative_to(CLONE)): sorted(set(STRAY.findall(file.read_bytes().decode("utf-8", "ignore"))))
        for file in committed()
        if file.suffix not in {".npy", ".npz", ".skops", ".png"}
    }
    assert {name: strays for name, strays in found.items() if strays} == {}


def test_strays_are_recognised() -> None:
    """The search finds what it is for, and leaves alone what only looks like it."""
    assert all(STRAY.search(f"https://repo1.{host}/x") for host in HOSTS)
    assert STRAY.search("see /wor" + "k/main/x")
    assert not STRAY.search("homework/main, ../shared, a /worker, /workshop")


def test_the_repository_stays_small() -> None:
    """Everybody who clones or installs unspin carries its tables: all files together stay under 80 MB."""
    assert sum(file.stat().st_size for file in committed()) < MOST_BYTES


def test_the_changelog_knows_this_version() -> None:
    """The version of pyproject.toml has its heading in the changelog."""
    version = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    assert f"\n## [{version}]" in (CLONE / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_bundled_resource_has_a_notice() -> None:
    """Each data file in a package lies in a folder that NOTICE speaks about."""
    spoken_of = set(re.findall(r"^([\w/.]+): ", (CLONE / "NOTICE").read_text(encoding="utf-8"), re.MULTILINE))
    bundled = {
        file.relative_to(CLONE).as_posix()
        for file in committed()
        if file.relative_to(CLONE).parts[0] in {"features", "detector", "seeds"} and file.suffix not in CODE
    }
    silent = {name for name in bundled if not any(name.startswith(f"{place}/") for place in spoken_of)}
    assert silent == set()


@pytest.mark.parametrize("package", ["features", "detector"])
def test_the_packages_are_typed_for_others(package: str) -> None:
    """A type checker that meets unspin in somebody's project may use its types."""
    assert (CLONE / package / "py.typed").is_file()
