"""start.py prepares an environment, and says what is wrong where it cannot."""

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

CLONE = Path(__file__).resolve().parent.parent


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load start.py as it would be in a clone at ``tmp_path`` that nobody has started yet."""
    specification = importlib.util.spec_from_file_location("start", CLONE / "start.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    venv = tmp_path / ".venv"
    places = {
        "CLONE": tmp_path,
        "VENV": venv,
        "BIN": venv / "bin",
        "PYTHON": venv / "bin" / "python",
        "PROJECT": tmp_path / "pyproject.toml",
        "CONSTRAINTS": tmp_path / "constraints.txt",
        "STAMP": venv / "unspin.json",
        "UNFINISHED": venv / "unspin-unfinished",
        "LOG": venv / "unspin-install.log",
    }
    for name, path in places.items():
        monkeypatch.setattr(module, name, path)
    module.PROJECT.write_text(
        '[project.optional-dependencies]\naudit = []\ntrain = []\n[dependency-groups]\ndev = ["pytest"]\ndocs = ["sphinx"]\n',
        encoding="utf-8",
    )
    module.CONSTRAINTS.write_text("pytest==9.2.0\n", encoding="utf-8")
    return module


def make_whole(start: ModuleType, *parts: str) -> None:
    """Leave the environment as a finished installation of these parts leaves it."""
    start.BIN.mkdir(parents=True)
    start.PYTHON.touch()
    start.STAMP.write_text(json.dumps({"made_from": start.fingerprint(), "parts": parts}), encoding="utf-8")


def is_ready(start: ModuleType, *parts: str) -> bool:
    """Tell whether start.py would use the environment for these parts as it is."""
    return bool(start.is_ready(frozenset(parts)))


def test_a_new_clone_is_not_ready(start: ModuleType) -> None:
    """Without an environment there is something to do."""
    assert not is_ready(start)


def test_a_whole_environment_is_used_as_it_is(start: ModuleType) -> None:
    """A second run installs nothing."""
    make_whole(start)
    assert is_ready(start)


def test_only_what_is_missing_is_installed(start: ModuleType) -> None:
    """An environment with an extra serves the commands that need it or none, and no others."""
    make_whole(start, "train")
    assert is_ready(start)
    assert is_ready(start, "train")
    assert not is_ready(start, "audit")
    assert not is_ready(start, "train", "dev")


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        ("check", set()),
        ("doctor", set()),
        ("audit", {"audit"}),
        ("report", {"audit"}),
        ("serve", {"serve"}),
        ("train", {"train"}),
        ("evaluate", {"train"}),
        ("docs", {"archive", "audit", "plot", "train", "docs"}),
        ("tiny", set()),
        ("test", {"audit", "train", "dev", "docs"}),
    ],
)
def test_each_command_brings_its_own_extra(start: ModuleType, command: str, parts: set[str]) -> None:
    """Nobody waits for packages that the command does not use; the tests use all."""
    assert start.parts_for(command) == parts


def test_every_extra_that_a_command_brings_exists() -> None:
    """The table in start.py names extras of the real pyproject.toml."""
    specification = importlib.util.spec_from_file_location("start", CLONE / "start.py")
    assert specification is not None
    assert specification.loader is not None
    start = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(start)
    assert set(start.EXTRA_OF.values()) <= start.parts_for("test")
    assert start.parts_for("test") >= start.NOTEBOOKS
    assert {start.DEV, start.DOCS} == set(start.described()["dependency-groups"])


def test_an_added_extra_keeps_those_before(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who served yesterday and audits today need not wait again tomorrow; the stamp says what is there."""
    make_whole(start, "audit", "an extra of old")
    installed: list[set[str]] = []
    monkeypatch.setattr(start, "make_environment", start.UNFINISHED.touch)
    monkeypatch.setattr(start, "install", installed.append)
    start.prepare(frozenset({"train"}))
    assert installed == [{"audit", "train"}]
    assert json.loads(start.STAMP.read_text(encoding="utf-8"))["parts"] == ["audit", "train"]
    assert is_ready(start, "audit", "train")


@pytest.mark.parametrize("changed", ["PROJECT", "CONSTRAINTS"])
def test_a_changed_file_makes_the_environment_stale(start: ModuleType, changed: str) -> None:
    """After a pull that moved a dependency, the next run brings the environment up to date."""
    make_whole(start)
    getattr(start, changed).write_text("numpy==2.4.6\n", encoding="utf-8")
    assert not is_ready(start)


def test_an_interrupted_installation_is_not_trusted(start: ModuleType) -> None:
    """What is left of an installation that was cut off is not taken for an environment."""
    make_whole(start)
    start.UNFINISHED.touch()
    assert not is_ready(start)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"made_from": 1, "parts": 2}', "null"])
def test_a_damaged_stamp_is_not_trusted(start: ModuleType, content: str) -> None:
    """A stamp that says nothing sensible counts as none."""
    make_whole(start)
    start.STAMP.write_text(content, encoding="utf-8")
    assert not is_ready(start)


def test_a_half_made_environment_is_removed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next run says so and begins with an empty folder."""
    make_whole(start)
    start.UNFINISHED.touch()
    (start.VENV / "left over").touch()
    monkeypatch.setattr(start.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    start.make_environment()
    assert "half made" in capsys.readouterr().err
    assert sorted(p.name for p in start.VENV.iterdir()) == ["unspin-unfinished"]


def test_an_environment_that_cannot_be_made_is_explained(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What venv itself said is shown, and the exit code is 2."""
    said = subprocess.CompletedProcess([], 1, stdout="no space left", stderr="")
    monkeypatch.setattr(start.subprocess, "run", lambda *_, **__: said)
    with pytest.raises(SystemExit) as stopped:
        start.make_environment()
    assert stopped.value.code == 2
    assert "no space left" in capsys.readouterr().err


def test_a_python_without_venv_is_explained(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian's Python comes without ensurepip; the sentence names the package to install."""
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(SystemExit) as stopped:
        start.require_venv_module()
    assert stopped.value.code == 2
    assert "python3-venv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError'\n",
            "Connect to the network",
        ),
        ("ERROR: No matching distribution found for numpy==99\n", "No matching distribution found for numpy==99"),
        ("something odd\n", "something odd"),
    ],
)
def test_a_failed_installation_is_explained(start: ModuleType, line: str, expected: str) -> None:
    """No network is told apart from everything else, which is shown in pip's words."""
    assert expected in start.why_pip_failed(["Collecting numpy\n", line])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  Downloading numpy-2.4.6-cp311-cp311-linux.whl (16.9 MB)\n", "downloading numpy (16.9 MB)"),
        ("Installing collected packages: a, b, c\n", "copying 3 packages"),
        ("WARNING: Retrying (Retry(total=1))\n", "trying again"),
        (None, "still working"),
    ],
)
def test_progress_is_shown(
    start: ModuleType, line: str | None, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person who waits sees what is going on, with the seconds, on stderr."""
    start.show_progress(line, 12.3)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert expected in captured.err
    assert "12 s" in captured.err


def test_small_talk_is_not_shown(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines about metadata or small packages would hide the ones that matter."""
    start.show_progress("  Downloading tqdm-4.70.1.whl (80 kB)\n", 1.0)
    start.show_progress("Requirement already satisfied: numpy\n", 1.0)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("gate", "tests", "expected"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0, 5, 5), (1, 2, 2)])
def test_the_exit_code_tells_whether_all_passed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, gate: int, tests: int, expected: int
) -> None:
    """A failed gate fails the whole, and so does a pytest that collected nothing (5)."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, tests if "pytest" in command else gate)

    monkeypatch.setattr(start.subprocess, "run", run)
    assert start.run_gates([]) == expected


def test_failed_gates_are_told_to_pytest(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest repeats them above its closing line."""
    told: list[str] = []

    def run(command: list[str], **options: dict[str, str]) -> subprocess.CompletedProcess[str]:
        if "pytest" in command:
            told.append(options["env"]["UNSPIN_FAILED_GATES"])
        return subprocess.CompletedProcess(command, int("mypy" in command[0]))

    monkeypatch.setattr(start.subprocess, "run", run)
    start.run_gates([])
    assert told == ["mypy"]


@pytest.mark.parametrize(("set_by_hand", "threads"), [({}, "1"), ({"OMP_NUM_THREADS": "3"}, "3")])
def test_tests_compute_in_one_thread_unless_told_otherwise(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, set_by_hand: dict[str, str], threads: str
) -> None:
    """The workers share the processors, and threads that wait for each other take twice as long."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    for name, value in set_by_hand.items():
        monkeypatch.setenv(name, value)
    told: list[str] = []

    def run(command: list[str], **options: dict[str, str]) -> subprocess.CompletedProcess[str]:
        if "pytest" in command:
            told.extend([options["env"]["OMP_NUM_THREADS"], *(c for c in command if c == f"-n{start.WORKERS}")])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(start.subprocess, "run", run)
    start.run_gates([])
    assert told == [threads, f"-n{start.WORKERS}"]


def test_a_folder_that_cannot_be_written_is_explained(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clone on a read-only disk gets a sentence, not a traceback."""

    def refuse() -> None:
        raise PermissionError(13, "Permission denied", str(start.VENV))

    monkeypatch.setattr(start, "make_environment", refuse)
    with pytest.raises(SystemExit) as stopped:
        start.main(["check", "-"])
    assert stopped.value.code == 2
    assert "may write to" in capsys.readouterr().err


def test_without_words_it_says_how_it_is_used(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is installed for somebody who only looks."""
    assert start.main([]) == 2
    assert "start.py check ARTICLE" in capsys.readouterr().err
    assert not start.VENV.exists()
