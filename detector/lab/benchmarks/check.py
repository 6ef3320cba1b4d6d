"""Compare unspin's speed and memory with other tools, in one run on this machine.

``python -m detector.lab.benchmarks.check`` prints a page in Markdown. docs/speed.md explains it. Seconds depend on the
machine and its other work, ratios within one run much less. So the tools take turns, and medians are compared.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from detector.errors import UnspinError
from detector.lab.data.seed_articles import WORDS, articles
from features.document import Document
from features.grammar import CheckerUnavailable

UNSPIN, WITH_HARPER = "unspin without grammar", "unspin with Harper"
NUMPY = "importing numpy"

Contender = Callable[[str], object]


@dataclass(frozen=True)
class Budget:
    """A limit in a unit: at most ``most`` or at least ``least``."""

    unit: str
    most: float | None = None
    least: float | None = None

    def kept(self, value: float) -> bool:
        """Whether a value keeps the budget.

        >>> Budget("s", most=1.5).kept(1.2), Budget("articles/s", least=60).kept(41)
        (True, False)
        """
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        return f"at most {self.most:g} {self.unit}" if self.most is not None else f"at least {self.least:g} {self.unit}"


COLD = Budget("s", most=1.5)
THROUGHPUT = {UNSPIN: Budget("articles/s", least=60), WITH_HARPER: Budget("articles/s", least=40)}
FIRST_PROCESS, NEXT_PROCESS = Budget("MB", most=500), Budget("MB", most=150)


def take_turns(
    contenders: Mapping[str, Contender], texts: Sequence[str], rounds: int, say: Callable[[str], None]
) -> dict[str, float]:
    """Median seconds an article for each contender, over rounds in which the contenders take turns.

    Each contender first checks every text once, so that engines are loaded and caches are as warm as in an audit.
    """
    for name, contender in contenders.items():
        say(f"warming up: {name}")
        for text in texts:
            contender(text)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for name, contender in contenders.items():
            begin = time.perf_counter()
            for text in texts:
                contender(text)
            seconds[name].append((time.perf_counter() - begin) / len(texts))
    return {name: statistics.median(taken) for name, taken in seconds.items()}


@contextmanager
def one_core() -> Iterator[None]:
    """Limit this process to one core, and linear algebra to one thread."""
    from threadpoolctl import threadpool_limits

    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    with threadpool_limits(limits=1):
        if before:
            os.sched_setaffinity(0, {min(before)})
        try:
            yield
        finally:
            if before:
                os.sched_setaffinity(0, before)


def contenders(server: str | None, stack: ExitStack) -> dict[str, Contender]:
    """The tools to compare, by name. Closing the stack closes their checkers.

    Raises UnspinError if the model or the given LanguageTool server is not available.
    """
    from detector.checker import Checker

    def unspin(**settings: object) -> Contender:
        checker = Checker(**settings)  # type: ignore[arg-type] # passed on as they are
        stack.callback(checker.close)
        return lambda text: checker.check(Document(text))

    taking_part = {
        UNSPIN: unspin(grammar="none"),
        WITH_HARPER: unspin(grammar="harper"),
        "Harper alone, its default rules": _harper(),
        "TF-IDF and logistic regression": _tfidf(),
    }
    if server is not None:
        from detector.settings import LanguageToolSettings, languagetool

        settings = LanguageToolSettings(server=server)
        alone = languagetool(settings)
        stack.callback(alone.close)
        taking_part["LanguageTool alone"] = alone.check
        taking_part["unspin with LanguageTool"] = unspin(grammar="languagetool", languagetool=settings)
    return taking_part


def _harper() -> Contender:
    import harper

    linter = harper.Linter(harper.Dialect.AMERICAN)
    return lambda text: linter.lint(text, language="plaintext")


def _tfidf() -> Contender:
    """The usual baseline of papers. Its training labels are arbitrary, because only its speed counts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = articles(24, 300)
    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
    pipeline.fit(texts, [number % 2 for number in range(len(texts))])
    return lambda text: pipeline.predict([text])


def cold_starts(article: Path, runs: int, say: Callable[[str], None]) -> dict[str, float]:
    """Median wall seconds of whole processes, run in turns on all cores."""
    commands = {
        "unspin check": ["-m", "detector", "check", str(article), "--quiet", "--fail-on", "never"],
        "unspin check --grammar none": [
            "-m", "detector", "check", str(article), "--quiet", "--fail-on", "never", "--grammar", "none"
        ],
        NUMPY: ["-c", "import numpy"],
    }  # fmt: skip
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    # Users' Python keeps compiled modules, so keep them here too, whatever the environment says.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(article.parent / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for number in range(runs + 1):  # the first run reads files from disk and is not counted
        say(f"cold start {number} of {runs}")
        for name, command in commands.items():
            begin = time.perf_counter()
            ran = subprocess.run(
                [sys.executable, *command], capture_output=True, text=True, check=False, env=environment
            )
            seconds[name].append(time.perf_counter() - begin)
            if ran.returncode:
                raise UnspinError(f"“{name}” failed in the benchmark: {ran.stderr.strip() or ran.returncode}")
    return {name: statistics.median(taken[1:]) for name, taken in seconds.items()}


@dataclass(frozen=True)
class Memory:
    """Memory in megabytes (1,000,000 bytes): the peak of one process, and its share while it runs alone.

    ``second`` is what a second, separate process adds, and ``worker`` what a further worker adds.
    """

    peak: float
    first: float
    second: float
    worker: float


def memory(say: Callable[[str], None], count: int = 8) -> Memory | None:
    """Memory of processes that check ``count`` articles with Harper; None if the system does not report shared memory.

    A page that several processes share is divided among them (PSS), so the figures show what a process really adds.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    with ExitStack() as stack:
        say("memory of one process")
        first = stack.enter_context(_worker(count))
        alone, peak = _field(first, "smaps_rollup", "Pss"), _field(first, "status", "VmHWM")
        say("memory of a second process")
        second = stack.enter_context(_worker(count))
        both = _field(first, "smaps_rollup", "Pss") + _field(second, "smaps_rollup", "Pss")
    say("memory of a further worker")
    return Memory(peak, alone, both - alone, _further_worker(count))


_WORKER = """
import sys
from detector.lab.benchmarks.check import check_a_few
checker = check_a_few(int(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


def check_a_few(count: int) -> object:
    """Check so many articles and return the checker, so that the caller keeps it in memory."""
    from detector.checker import Checker

    checker = Checker()
    for text in articles(count):
        checker.check(Document(text))
    return checker


def _work(pipe: Connection, count: int) -> None:
    """Check articles in a worker, send its parent's process id, and wait until the pipe is closed."""
    checker = check_a_few(count)
    pipe.send(os.getppid())
    with suppress(EOFError):
        pipe.recv()
    del checker


def _further_worker(count: int) -> float:
    """Megabytes that the third worker of a pool adds to the fork server and the first two workers."""
    from detector.workers import context

    start = context("harper")
    shares: list[float] = []
    workers: list[tuple[BaseProcess, Connection]] = []
    try:
        for _ in range(3):
            ours, theirs = start.Pipe()
            process = start.Process(target=_work, args=(theirs, count), daemon=True)  # type: ignore[attr-defined] # each context has it
            process.start()
            theirs.close()
            workers.append((process, ours))
            processes = {ours.recv(), *(process.pid for process, _ in workers)}
            shares.append(sum(_field(number, "smaps_rollup", "Pss") for number in processes - {os.getpid()}))
    except EOFError as error:
        raise UnspinError("a worker ended early in the benchmark: see the lines above") from error
    finally:
        for process, ours in workers:
            ours.close()
            process.join(30)
    return shares[-1] - shares[-2]


@contextmanager
def _worker(count: int) -> Iterator[int]:
    """Start a process that checks a few articles and then waits; yields its process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        if process.stdout is None or process.stdout.readline().strip() != "ready":
            raise UnspinError("a process that checks articles ended early in the benchmark: see the lines above")
        yield process.pid


def _field(process: int, file: str, name: str) -> float:
    """A field of ``/proc`` in MB; the file has it in KiB."""
    for line in Path(f"/proc/{process}/{file}").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


def page(
    speed: Mapping[str, float], cold: Mapping[str, float], held: Memory | None, about: Sequence[str]
) -> Iterator[str]:
    """The lines of the Markdown page."""
    yield from (*about, "")
    yield from (
        f"| one core, warm, {WORDS} words | ms an article | articles/s | times unspin without grammar | budget |",
        "|---|--:|--:|--:|---|",
    )
    for name, seconds in speed.items():
        yield _row(
            name, f"{1000 * seconds:.1f}", f"{1 / seconds:.0f}", f"{seconds / speed[UNSPIN]:.2f}",
            _judged(THROUGHPUT.get(name), 1 / seconds),
        )  # fmt: skip
    yield from ("", f"| from nothing, {WORDS} words | seconds | times importing numpy | budget |", "|---|--:|--:|---|")
    for name, seconds in cold.items():
        yield _row(
            name, f"{seconds:.2f}", f"{seconds / cold[NUMPY]:.1f}", _judged(None if name == NUMPY else COLD, seconds)
        )
    if held is None:
        yield from ("", "Memory is not measured on this system: it does not tell how much of it processes share.")
        return
    yield from ("", "| memory, with Harper | MB | budget |", "|---|--:|---|")
    yield _row("one process, at its peak", f"{held.peak:.0f}", _judged(FIRST_PROCESS, held.peak))
    yield _row("one process, alone", f"{held.first:.0f}", "")
    yield _row("a second process, started apart, adds", f"{held.second:.0f}", "")
    yield _row("a further worker adds", f"{held.worker:.0f}", _judged(NEXT_PROCESS, held.worker))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _judged(budget: Budget | None, value: float) -> str:
    return "" if budget is None else f"{budget}: {'kept' if budget.kept(value) else 'MISSED'}"


def about_this_run(load: float | None) -> list[str]:
    """Lines about versions and machine, with a warning if the machine was busy."""
    names = ("numpy", "scikit-learn", "harper-py")
    cores = os.cpu_count() or 1
    lines = [
        f"unspin {version('unspin')}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + f"; {platform.system()} {platform.machine()}, {cores} cores."
    ]
    if load is not None and load > cores / 2:
        lines += ["", f"The machine was busy ({load:.1f} processes wanted its {cores} cores): trust the ratios only."]
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark. Returns 0 if every budget is kept, 1 if one is missed, 2 if the benchmark failed."""
    parser = argparse.ArgumentParser(
        prog="python -m detector.lab.benchmarks.check", description=__doc__.split("\n", 1)[0]
    )
    parser.add_argument("--languagetool-server", metavar="URL", help="a running LanguageTool server to compare with")
    parser.add_argument("--articles", type=int, default=24, metavar="N", help="different articles (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="turns of each contender (%(default)s)")
    parser.add_argument(
        "--cold-runs", type=int, default=7, metavar="N", help="cold starts of each command (%(default)s)"
    )
    options = parser.parse_args(argv)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    try:
        lines = list(_run(options.languagetool_server, options.articles, options.rounds, options.cold_runs, load))
    except (UnspinError, CheckerUnavailable) as error:
        print(f"unspin: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return int(any("MISSED" in line for line in lines))


def _run(server: str | None, count: int, rounds: int, cold_runs: int, load: float | None) -> Iterator[str]:
    texts = articles(max(1, count))
    with tempfile.TemporaryDirectory() as folder:
        article = Path(folder) / "article.txt"
        article.write_text(texts[0], encoding="utf-8")
        cold = cold_starts(article, max(1, cold_runs), _say)
    held = memory(_say, min(8, len(texts)))
    with ExitStack() as stack, one_core():
        speed = take_turns(contenders(server, stack), texts, max(1, rounds), _say)
    return page(speed, cold, held, about_this_run(load))


def _say(line: str) -> None:
    print(f"benchmark: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
