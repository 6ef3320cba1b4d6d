"""Measure an audit: its speed, its overhead, whether its memory stays constant, and whether it survives kill -9.

``python -m detector.lab.benchmarks.audit FEED`` prints a page in Markdown. docs/speed.md explains it. Every contender
is a separate process, and all audit the same articles in turns. Seconds depend on the machine and its other work;
ratios depend on these much less.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

from detector.audit.sources import read_sources
from detector.audit.store import Store
from detector.errors import UnspinError

Say = Callable[[str], None]

HOME_MADE = "the home-made loop"
_LOOP = """
import csv, pathlib, sys
from detector import Checker, Document
checker = Checker(grammar=sys.argv[3])
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    verdict = checker.check(Document(path.read_text(encoding="utf-8"), source=str(path)))
    with open(sys.argv[2], "a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow([path, verdict.label, verdict.probability, verdict.quality.score, verdict.words])
"""
_LOOK_SECONDS = 1.0


@dataclass
class Watched:
    """Measurements of a process and its workers.

    Parameters
    ----------
    main, workers : float
        Processor time in seconds: of the process at the last look, and of all processes it started.
    memory : list of (float, float, int)
        Seconds since the start; megabytes of all processes (each shared page counts once); articles stored so far.
    """

    seconds: float = 0.0
    main: float = 0.0
    workers: float = 0.0
    memory: list[tuple[float, float, int]] = field(default_factory=list)


def articles(feed: str, count: int | None) -> list[str]:
    """The texts of a feed; only the first ``count`` items if given."""
    texts = [item.document.text for item in islice(read_sources([feed]), count) if item.document is not None]
    if not texts:
        raise UnspinError(f"{feed}: there is no article in it to measure with.")
    return texts


def as_folder(texts: Sequence[str], folder: Path) -> Path:
    """Write one file for each text, as the home-made loop needs them."""
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


def as_lines(texts: Sequence[str], path: Path) -> Path:
    """Write the texts as a JSON Lines file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
    return path


def audit_command(feed: Path | str, store: Path, *, jobs: int, grammar: str) -> list[str]:
    """The audit command to measure."""
    return [
        sys.executable, "-m", "detector", "audit", str(feed), "--store", str(store), "--jobs", str(jobs),
        "--grammar", grammar, "--fail-on", "never", "--allow-errors", "--quiet",
    ]  # fmt: skip


def watch(command: Sequence[str], store: Path | None = None) -> Watched:
    """Run a command and measure it once a second."""
    import resource  # not available on Windows

    seen, begun, before = Watched(), time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command) as process:
        while True:
            try:
                process.wait(_LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                look(process.pid, seen, time.perf_counter() - begun, store)
    seen.seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen.workers = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime - seen.main
    if process.returncode:
        raise UnspinError(f"the command that was measured failed: {' '.join(command)}")
    return seen


def look(pid: int, seen: Watched, seconds: float, store: Path | None) -> None:
    """Record the processor time of a process, and the memory of the process and all it started."""
    family = [pid, *children(pid)]
    seen.main = max(seen.main, processor_seconds(pid))
    if store is not None and store.exists():
        held = sum(proportional_megabytes(member) for member in family)
        seen.memory.append((seconds, held, stored(store)))


def children(pid: int) -> list[int]:
    """Process ids of all descendants of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = [int(number) for number in task.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for child in below:
            found += [child, *children(child)]
    return found


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used, in seconds; 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proportional_megabytes(pid: int) -> float:
    """Memory of a process in megabytes; a page that several processes share is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def stored(store: Path) -> int:
    """Number of rows in a store; 0 if it cannot be opened."""
    try:
        with Store.open(store, read_only=True) as opened:
            return opened.count()
    except UnspinError:
        return 0


def rates(texts: Sequence[str], folder: Path, *, jobs: int, grammar: str, rounds: int, say: Say) -> Iterator[str]:
    """Measure, in turns, the rates of the home-made loop and of audits with one and with several workers."""
    many = as_folder(texts, folder / "many")
    one = as_folder(texts[:1], folder / "one")
    numbers = sorted({1, jobs})
    names = [HOME_MADE, *(f"unspin audit, {n} worker{'s' if n > 1 else ''}" for n in numbers)]
    # A run over one article measures the start-up cost, which is subtracted.
    taken: dict[str, list[float]] = {name: [] for name in names}
    each: dict[str, list[float]] = {name: [] for name in names}
    share: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        for name, workers in zip(names, [0, *numbers], strict=True):
            say(f"round {number + 1} of {rounds}: {name}")
            seconds, work, seen = list[float](), list[float](), Watched()
            for feed in (one, many):
                target = folder / f"{number}-{workers}-{feed.name}"
                command = (
                    audit_command(feed, target, jobs=workers, grammar=grammar)
                    if workers
                    else [sys.executable, "-c", _LOOP, str(feed), str(target), grammar]
                )
                seen = watch(command)
                seconds.append(seen.seconds)
                work.append(seen.main + seen.workers)
            taken[name].append((seconds[1] - seconds[0]) / (len(texts) - 1))
            each[name].append((work[1] - work[0]) / (len(texts) - 1))
            share[name].append(seen.main / work[1])
    medians = {name: statistics.median(of) for name, of in taken.items()}
    yield (
        f"| {len(texts):,} articles as files, grammar {grammar}, {rounds} rounds | articles a second | times the loop "
        "| processor ms an article | of it reading and storing |"
    )
    yield "|---|--:|--:|--:|--:|"
    for name, seconds_each in medians.items():
        part = f"{statistics.median(share[name]):.1%}" if name != HOME_MADE else ""
        yield (
            f"| {name} | {1 / seconds_each:.1f} | {medians[HOME_MADE] / seconds_each:.2f} "
            f"| {1000 * statistics.median(each[name]):.1f} | {part} |"
        )
    first, last = medians[names[1]], medians[names[-1]]
    yield ""
    yield f"{jobs} workers are {first / last:.2f} times as fast as one (asked: 1.8 with 2)."


def long_run(feed: str, folder: Path, *, jobs: int, grammar: str, say: Say) -> Iterator[str]:
    """Measure one complete audit: its rate, and its memory over time."""
    store = folder / "long.sqlite"
    say(f"the whole of {feed}, {jobs} workers")
    seen = watch(audit_command(feed, store, jobs=jobs, grammar=grammar), store)
    rows = stored(store)
    yield f"{rows:,} articles in {seen.seconds / 60:.1f} minutes: {rows / seen.seconds:.1f} a second with {jobs} workers, grammar {grammar}."
    total = seen.main + seen.workers
    yield (
        f"Reading and storing took {seen.main / total:.1%} of the processor time (asked: under 15 %)." if total else ""
    )
    yield f"The store takes {store.stat().st_size / 1e6:,.0f} MB, {store.stat().st_size / max(1, rows):,.0f} bytes an article."
    yield from (
        "",
        "| part of the run | articles stored | articles a second | memory of all processes, MB |",
        "|---|--:|--:|--:|",
    )
    parts = 10
    cuts = [seen.memory[round(n * (len(seen.memory) - 1) / parts)] for n in range(parts + 1)] if seen.memory else []
    for number, (before, after) in enumerate(pairwise(cuts), 1):
        within = [held for second, held, _ in seen.memory if before[0] <= second <= after[0]]
        rate = (after[2] - before[2]) / max(1e-9, after[0] - before[0])
        yield f"| {number} of {parts} | {after[2]:,} | {rate:.1f} | {statistics.median(within):.0f} |"
    # During the first tenth, caches of limited size fill up.
    held = [statistics.median(h for s, h, _ in seen.memory if a[0] <= s <= b[0]) for a, b in pairwise(cuts[1:])]
    if held:
        spread = (max(held) - min(held)) / statistics.median(held)
        yield ""
        yield f"From the second tenth on memory stays within {spread:.1%} (asked: 10 %)."


def kills(
    texts: Sequence[str], folder: Path, *, times: int, jobs: int, grammar: str, seed: int, say: Say
) -> Iterator[str]:
    """Kill an audit at random moments, then run it to its end. Reports whether every row is stored exactly once."""
    feed, store = as_lines(texts, folder / "killed.jsonl"), folder / "killed.sqlite"
    command, chance = audit_command(feed, store, jobs=jobs, grammar=grammar), random.Random(seed)
    clean = watch(audit_command(feed, folder / "unkilled.sqlite", jobs=jobs, grammar=grammar))
    before: list[int] = []
    for number in range(times):
        process = subprocess.Popen(command)
        try:
            process.wait(chance.uniform(0.0, 2.0 * clean.seconds / times + 4.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        before.append(stored(store))
        say(f"kill {number + 1} of {times}: {before[-1]:,} rows")
    watch(command)
    with Store.open(store, read_only=True) as opened:
        ask = opened.connection.exec_driver_sql
        rows = ask("SELECT count(*) FROM articles").scalar_one()
        places = ask("SELECT count(DISTINCT source) FROM articles").scalar_one()
        details, sound = ask("SELECT count(*) FROM details").scalar_one(), ask("PRAGMA integrity_check").scalar_one()
        bare = ask(
            "SELECT count(*) FROM articles LEFT JOIN details ON article = id WHERE label IS NOT NULL AND article IS NULL"
        ).scalar_one()
    lost, doubled = len(texts) - places, rows - places
    yield f"{len(texts):,} articles, kill -9 {times} times at random moments (rows stored at each: {', '.join(map(str, before))}), then once to the end:"
    yield f"{lost} rows lost, {doubled} doubled, {bare} without their details ({details:,} details); SQLite's check of the store says {sound}."
    if lost or doubled or bare or sound != "ok":
        yield "MISSED"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark. Returns 0, or 2 if the benchmark failed."""
    parser = argparse.ArgumentParser(
        prog="python -m detector.lab.benchmarks.audit", description=__doc__.split("\n", 1)[0]
    )
    parser.add_argument("feed", metavar="FEED", help="what to audit, such as DATA/reuters-fin.jsonl.xz")
    parser.add_argument("--grammar", default="none", choices=["none", "harper"], help="(%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="workers (%(default)s)")
    parser.add_argument("--sample", type=int, default=1000, metavar="N", help="articles for the rates (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="turns of each contender (%(default)s)")
    parser.add_argument("--kills", type=int, default=20, metavar="N", help="kill -9 so many times (%(default)s)")
    parser.add_argument("--killed", type=int, default=2000, metavar="N", help="articles for that (%(default)s)")
    parser.add_argument("--long", type=int, metavar="N", help="articles of the long run; else all of FEED, 0 for none")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the random moments (%(default)s)")
    options = parser.parse_args(argv)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for line in _page(options, Path(folder)):
                print(line, flush=True)
    except UnspinError as error:
        print(f"unspin: {error}", file=sys.stderr)
        return 2
    return 0


def _page(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    if not Path("/proc/self/smaps_rollup").exists():
        raise UnspinError("this benchmark looks at processes as Linux shows them: run it there.")
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        yield f"The machine was busy ({os.getloadavg()[0]:.1f} processes wanted its {os.cpu_count()} cores): trust the ratios only."
        yield ""
    settings = {"jobs": options.jobs, "grammar": options.grammar, "say": _say}
    texts = articles(options.feed, max(options.sample, options.killed, 2))
    if options.rounds:
        yield from ("## Rates", "")
        yield from rates(texts[: options.sample], folder, rounds=options.rounds, **settings)
        yield ""
    if options.kills:
        yield from ("## kill -9", "")
        yield from kills(texts[: options.killed], folder, times=options.kills, seed=options.seed, **settings)
        yield ""
    if options.long != 0:
        yield from ("## A long run", "")
        feed = options.feed
        if options.long is not None:
            feed = str(as_lines(articles(options.feed, options.long), folder / "long.jsonl"))
        yield from long_run(feed, folder, **settings)


def _say(line: str) -> None:
    print(f"benchmark: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
