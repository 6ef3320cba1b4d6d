"""Run unspin from a clone, with nothing installed but Python 3.11 or newer.

python3 start.py check ARTICLE       judge one article; words that are not listed here go to `unspin` as they stand
python3 start.py test                lint, types, architecture, then all tests with coverage
python3 start.py docs                run the notebooks and build the documentation into site/
python3 start.py tiny FOLDER         write a tiny data folder to try `train` and `evaluate` with

The first run makes `.venv` in the clone (or the folder that UNSPIN_VENV names) and fills it with the versions named in
constraints.txt. Later runs use it as it is, until pyproject.toml or constraints.txt change, or a command needs an extra
(archive, audit, serve, train) that is not in it yet. Everything said on the way goes to stderr.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

# This check comes before any code that an older Python cannot run.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "start.py: unspin needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ". Use a newer one."
    )

CLONE = Path(__file__).resolve().parent
VENV = CLONE / os.environ.get("UNSPIN_VENV", ".venv")
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"

PROJECT = CLONE / "pyproject.toml"
CONSTRAINTS = CLONE / "constraints.txt"
# Written last: an environment that has it is complete.
STAMP = VENV / "unspin.json"
# Written first and removed last: an environment that still has it is incomplete.
UNFINISHED = VENV / "unspin-unfinished"
LOG = VENV / "unspin-install.log"

# The extra of pyproject.toml that a command needs in addition to the package.
EXTRA_OF = {
    "audit": "audit",
    "report": "audit",
    "calibrate": "audit",
    "archive": "archive",
    "serve": "serve",
    "train": "train",
    "evaluate": "train",
}
# Extras that the tests go without: several gigabytes, and what tests them is skipped where they are missing.
HEAVY = frozenset({"reader-train"})
# The dependency groups of pyproject.toml: for the tests (in addition to the other extras) and for the documentation.
DEV, DOCS = "dev", "docs"
# The extras that the notebooks need. The documentation includes their output.
NOTEBOOKS = frozenset({"archive", "audit", "plot", "train"})

GATES = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
# One worker a processor. Each takes whole files in order, so that a file's shared fixtures are made once and the browser
# tests, whose driver keeps an event loop running, come last. `python3 start.py test -n0` uses one process.
WORKERS = min(4, os.cpu_count() or 1)
PYTEST = ("-m", "pytest", "--cov", f"-n{WORKERS}", "--dist=loadfile", "--no-loadscope-reorder")
# With several threads on busy processors, the small matrices of the tests take twice as long.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}

SITE = (
    ("notebooks/run.py", "--out", "docs/notebooks", "--pages"),
    ("-m", "sphinx", "-W", "--keep-going", "-q", "docs", "site"),
)

NO_NETWORK = ("NewConnectionError", "ConnectTimeout", "ProxyError", "name resolution", "Network is unreachable")
HEARTBEAT_SECONDS = 5.0
# The exit code of a shell for Ctrl-C.
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Prepare the environment and run the command. Returns the exit code; 2 if the work could not be done."""
    if not arguments:
        say((__doc__ or "").strip())
        return 2
    command = arguments[0]
    try:
        prepare(parts_for(command))
    except OSError as error:
        stop(
            f"The environment {VENV.name} could not be written: {error}. The clone must be in a folder that you may write to."
        )
    if command == "test":
        return run_gates(arguments[1:])
    if command == "docs":
        return build_docs()
    if command == "tiny":
        return hand_over([str(PYTHON), "-m", "detector.lab.data.tiny", *arguments[1:]])
    return hand_over([str(BIN / f"unspin{EXE}"), *arguments])


def parts_for(command: str) -> frozenset[str]:
    """Returns the extras and groups that a command needs; for `test`, all but the heavy ones."""
    if command == "test":
        return frozenset(described()["project"].get("optional-dependencies", {})) - HEAVY | {DEV, DOCS}
    if command == "docs":
        return NOTEBOOKS | {DOCS}
    return frozenset({EXTRA_OF[command]} if command in EXTRA_OF else ())


def described() -> dict[str, Any]:
    """Returns the content of pyproject.toml."""
    import tomllib

    return tomllib.loads(PROJECT.read_text(encoding="utf-8"))


def prepare(wanted: frozenset[str]) -> None:
    """Install the parts ``wanted`` into `.venv`, unless it already has them."""
    if is_ready(wanted):
        return
    require_venv_module()
    with only_one_at_a_time():
        if is_ready(wanted):
            return
        # Parts that were installed before stay and are updated too.
        parts = wanted | {part for part in held()[1] if part in parts_for("test")}
        make_environment()
        install(parts)
        stamp = {"made_from": fingerprint(), "parts": sorted(parts)}
        STAMP.write_text(json.dumps(stamp) + "\n", encoding="utf-8")
        UNFINISHED.unlink()


def is_ready(wanted: frozenset[str]) -> bool:
    """Whether `.venv` is complete, made from the current files in this folder, and holds the parts."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    made_from, parts = held()
    return made_from == fingerprint() and wanted <= parts


def held() -> tuple[str, frozenset[str]]:
    """Returns the environment's recorded fingerprint and parts; both empty if the record is missing or invalid."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return str(stamp["made_from"]), frozenset(map(str, stamp["parts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return "", frozenset()


def fingerprint() -> str:
    """Returns a fingerprint of the two files and the folder. An environment cannot be moved to another folder."""
    parts = (PROJECT.read_bytes(), CONSTRAINTS.read_bytes(), os.fsencode(CLONE))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def require_venv_module() -> None:
    """Stop with a message if this Python lacks the modules that make environments, as on plain Debian."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        stop(
            f"{sys.executable} has no venv module, so no environment can be made. Install it (on Debian and Ubuntu: "
            f"apt install python3-venv), or run start.py with another Python."
        )


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Wait for another start.py that is installing here, if the system has file locks."""
    if os.name == "nt":
        yield
        return
    import fcntl

    folder = os.open(CLONE, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start.py is installing here; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make_environment() -> None:
    """Make `.venv`, or keep an intact one that only needs other packages."""
    lost_its_python = os.path.lexists(PYTHON) and not PYTHON.exists()
    if UNFINISHED.exists() or lost_its_python:
        why = "has lost its Python" if lost_its_python else "was left half made"
        if Path(sys.prefix).resolve() == VENV.resolve():
            stop(
                f"{VENV.name} {why} and must be made anew, but start.py runs from it. Use the system's Python instead."
            )
        say(f"The environment {VENV.name} {why}: starting again from an empty one.")
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if PYTHON.exists():
        say(f"Adding to {VENV.name} what is missing or out of date.")
        return
    say(
        f"Making the environment {VENV.name} with Python {sys.version.split()[0]} (once; 460 MB, one to three minutes)."
    )
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        stop(f"The environment could not be made. What venv said:\n{made.stdout}{made.stderr}".rstrip())


def install(parts: frozenset[str]) -> None:
    """Install the package in editable mode and the parts, at the versions in constraints.txt."""
    groups = {DEV, DOCS}
    extras = ",".join(sorted(parts - groups))
    packages = ["--editable", f".[{extras}]" if extras else "."]
    for group in sorted(parts & groups):
        packages += described()["dependency-groups"][group]
    # Users of unspin do not need pip's notices about its own updates.
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--retries", "2", "--prefer-binary"]
    lines: list[str] = []
    began = time.monotonic()
    with LOG.open("w", encoding="utf-8") as log:
        with subprocess.Popen(
            [*command, "--constraint", str(CONSTRAINTS), *packages],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=CLONE,
        ) as pip:
            for line in with_heartbeat(pip):
                if line is not None:
                    lines.append(line)
                    log.write(line)
                show_progress(line, time.monotonic() - began)
        if pip.returncode > 0:
            # pip failed cleanly: the environment is intact, but incomplete.
            UNFINISHED.unlink()
        if pip.returncode:
            stop(why_pip_failed(lines))
    say(f"Installed in {time.monotonic() - began:.0f} seconds.")


def with_heartbeat(process: subprocess.Popen[str]) -> Iterator[str | None]:
    """Yield the lines of a running program, and None whenever it is silent for a while."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def pump() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=HEARTBEAT_SECONDS)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line


def show_progress(line: str | None, seconds: float) -> None:
    """Print one line for each slow step: downloads, builds, the final copying."""
    clock = f"  {seconds:3.0f} s  "
    if line is None:
        folder = "Lib" if os.name == "nt" else "lib/python3*"
        in_place = sum(1 for _ in VENV.glob(f"{folder}/site-packages/*.dist-info"))
        say(f"{clock}still working; {in_place} packages are in place")
        return
    words = line.split()
    if words[:1] == ["Downloading"] and words[-1] == "MB)":
        say(f"{clock}downloading {words[1].rsplit('/', 1)[-1].split('-')[0]} {' '.join(words[2:])}")
    elif line.startswith("Building wheels"):
        say(f"{clock}preparing unspin itself")
    elif line.startswith("Installing collected packages"):
        say(f"{clock}copying {len(words) - 3} packages into {VENV.name} (the longest step)")
    elif "Retrying" in line:
        say(f"{clock}the package index does not answer; trying again")


def why_pip_failed(lines: Sequence[str]) -> str:
    """Returns a sentence on a failed installation: what happened and what to do."""
    text = "".join(lines)
    if any(sign in text for sign in NO_NETWORK):
        return (
            "The packages could not be downloaded: the package index cannot be reached. Connect to the network, or "
            "point PIP_INDEX_URL or PIP_FIND_LINKS to a copy, and run the same command again."
        )
    said = [line.rstrip() for line in lines if line.startswith("ERROR")] or [line.rstrip() for line in lines[-3:]]
    return "\n".join(
        [
            "The packages could not be installed. What pip said:",
            *said,
            f"All of its output is in {LOG}. Then try again.",
        ]
    )


def run_gates(pytest_arguments: Sequence[str]) -> int:
    """Run every gate, then the tests. Returns 0 only if all passed. pytest's summary is the last line."""
    failed = []
    for gate in GATES:
        name = " ".join(gate)
        print(f"== {name}", flush=True)
        if subprocess.run([str(BIN / f"{gate[0]}{EXE}"), *gate[1:]], cwd=CLONE, check=False).returncode:
            failed.append(name)
    # tests/conftest.py repeats the failed gates above pytest's summary, where readers look.
    environment = ONE_THREAD | os.environ | {"UNSPIN_FAILED_GATES": ", ".join(failed)}
    print("== pytest", flush=True)
    tests = subprocess.run([str(PYTHON), *PYTEST, *pytest_arguments], cwd=CLONE, env=environment, check=False)
    return tests.returncode or (1 if failed else 0)


def build_docs() -> int:
    """Run the notebooks, then build the site. A warning is an error."""
    for step in SITE:
        if subprocess.run([str(PYTHON), *step], cwd=CLONE, env=ONE_THREAD | os.environ, check=False).returncode:
            return 1
    say("Open site/index.html.")
    return 0


def hand_over(command: list[str]) -> int:
    """Replace this process by the command if the system can, so that signals reach it."""
    if os.name == "posix":
        os.execv(command[0], command)  # noqa: S606
    return subprocess.run(command, check=False).returncode


def say(sentence: str) -> None:
    """Print to stderr, apart from results."""
    print(sentence, file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    """Print a sentence and end with exit code 2."""
    say(f"start.py: {sentence}")
    raise SystemExit(2)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Interrupted. The next run begins where it can.")
        sys.exit(INTERRUPTED)
