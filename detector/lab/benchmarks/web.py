"""Measure how fast the API answers, and how it behaves under far more requests than it can serve.

``python -m detector.lab.benchmarks.web`` starts a server, sends it requests and prints a page in Markdown. It has three
parts: a steady 10 requests a second, as many requests as the server can answer (its capacity), and ten times the
capacity. The steady parts send each request on schedule, even if earlier ones are unanswered. So a slow server does not
get fewer requests.
"""

import argparse
import asyncio
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detector.errors import UnspinError
from detector.lab.benchmarks.audit import children, proportional_megabytes
from detector.lab.data.seed_articles import WORDS, articles

MOST_MILLISECONDS = 150
"""Budget for the 95th percentile of response times at :data:`RATE`."""

RATE = 10.0
"""Requests a second in the steady part."""

_TIMES = 10  # times the capacity, in the overload part
_CONNECTIONS = 500
_PATIENCE = 30.0
_TURNED_AWAY = 429


@dataclass
class Seen:
    """Results of one part.

    Parameters
    ----------
    statuses : Counter of str
        HTTP statuses, and names of connection errors.
    waits : list of float
        Response times of requests with a verdict, in seconds.
    refusals : list of float
        Response times of requests refused with 429, in seconds.
    late : int
        Requests that this process could not send on schedule.
    memory : list of float
        Megabytes of all the server's processes, at equal intervals. Each shared page counts once.
    """

    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    late: int = 0
    memory: list[float] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Number of requests that got neither a verdict nor 429."""
        return sum(count for status, count in self.statuses.items() if status not in {"200", str(_TURNED_AWAY)})


class Load:
    """Sends requests to one server over persistent connections."""

    def __init__(self, port: int, texts: Sequence[str]) -> None:
        self._port = port
        head = (
            "POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
        )
        bodies = [json.dumps({"text": text}).encode() for text in texts]
        self._requests = itertools.cycle([head.format(len(body)).encode() + body for body in bodies])
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._open = 0

    async def one(self, seen: Seen) -> None:
        """Send one request and record the result."""
        if not self._idle and self._open >= _CONNECTIONS:
            seen.late += 1
            return
        begin = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE):
                status = await self._exchange()
        except (OSError, EOFError, ValueError) as error:
            seen.statuses[type(error).__name__] += 1
            return
        seen.statuses[str(status)] += 1
        if status in {200, _TURNED_AWAY}:
            (seen.waits if status == 200 else seen.refusals).append(time.perf_counter() - begin)

    async def _exchange(self) -> int:
        source, target = await self._connection()
        try:
            target.write(next(self._requests))
            head = await source.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            await source.readexactly(int(length[1]) if length else 0)
        except BaseException:
            self._open -= 1
            target.close()
            raise
        self._idle.append((source, target))
        return int(head.split(b" ", 2)[1])

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            source, target = self._idle.pop()
            if not source.at_eof():
                return source, target
            # The server may close an idle connection. No request was lost.
            self._open -= 1
            target.close()
        made = await asyncio.open_connection("127.0.0.1", self._port)
        self._open += 1
        return made

    def close(self) -> None:
        """Close all idle connections."""
        for _, target in self._idle:
            target.close()


async def steady(load: Load, rate: float, seconds: float, memory: Callable[[], float]) -> Seen:
    """Send ``rate`` requests a second on schedule for ``seconds`` seconds."""
    seen = Seen()
    watching = asyncio.ensure_future(_watch(seen, seconds, memory))
    begin = time.perf_counter()
    asked: set[asyncio.Task[None]] = set()
    for number in range(int(rate * seconds)):
        pause = begin + number / rate - time.perf_counter()
        if pause > 0 or number % 50 == 0:
            await asyncio.sleep(max(0.0, pause))
        task = asyncio.create_task(load.one(seen))
        asked.add(task)
        task.add_done_callback(asked.discard)
    await asyncio.gather(*asked)
    seen.seconds = time.perf_counter() - begin
    watching.cancel()
    return seen


async def flat_out(load: Load, together: int, seconds: float, memory: Callable[[], float]) -> Seen:
    """Run ``together`` clients. Each sends its next request as soon as it has an answer."""
    seen = Seen(memory=[memory()])
    begin = time.perf_counter()

    async def ask() -> None:
        while time.perf_counter() - begin < seconds:
            await load.one(seen)

    await asyncio.gather(*(ask() for _ in range(together)))
    seen.seconds = time.perf_counter() - begin
    seen.memory.append(memory())
    return seen


async def _watch(seen: Seen, seconds: float, memory: Callable[[], float]) -> None:
    while True:
        seen.memory.append(memory())
        await asyncio.sleep(max(1.0, seconds / 10))


class Server:
    """A server as users start it, but without the rate limit for each client."""

    def __init__(self, workers: int, grammar: str) -> None:
        command = [sys.executable, "-m", "detector", "serve", "--port", "0", "--rate", "0", "--quiet"]
        command += ["--workers", str(workers), "--grammar", grammar]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.port = _port(self._process.stderr)

    def memory(self) -> float:
        """Megabytes of all the server's processes."""
        return sum(map(proportional_megabytes, (self._process.pid, *children(self._process.pid))))

    def close(self) -> None:
        """Stop the server and wait for its end."""
        self._process.terminate()
        self._process.communicate(timeout=60)


def _port(said: Iterable[str] | None) -> int:
    told = ""
    for line in said or ():
        if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)/", line):
            return int(found[1])
        told += line
    raise UnspinError(f"the server did not start: {told.strip()}")


async def measure(server: Server, texts: Sequence[str], *, seconds: float, long: float, workers: int) -> Iterator[str]:
    """Run all parts. Returns the lines of the page."""
    load = Load(server.port, texts)
    await flat_out(load, workers, 2.0, server.memory)  # warm-up
    calm = await steady(load, RATE, seconds, server.memory)
    most = await flat_out(load, 2 * workers, min(seconds, 20.0), server.memory)
    capacity = most.statuses["200"] / most.seconds
    flood = await steady(load, _TIMES * capacity, long, server.memory)
    after = await steady(load, RATE, min(seconds, 10.0), server.memory)
    load.close()
    return _page(calm, capacity, flood, after)


def _page(calm: Seen, capacity: float, flood: Seen, after: Seen) -> Iterator[str]:
    kept = "kept" if _percentile(calm.waits, 95) < MOST_MILLISECONDS else "missed"
    yield f"| part | requests | verdicts | 429 | failures | p50 | p95 | p99 | 429 p95 |\n|---|{'--:|' * 8}"
    for name, seen in (
        (f"{RATE:g} a second", calm),
        (f"{_TIMES} times the capacity, {flood.seconds:.0f} s", flood),
        (f"{RATE:g} a second, afterwards", after),
    ):
        times = " | ".join(f"{_percentile(seen.waits, share):.0f} ms" for share in (50, 95, 99))
        refused = f"{_percentile(seen.refusals, 95):.0f} ms" if seen.refusals else "-"
        yield (
            f"| {name} | {sum(seen.statuses.values()):,} | {seen.statuses['200']:,} | {seen.statuses['429']:,} | "
            f"{seen.failures:,} | {times} | {refused} |"
        )
    yield ""
    yield f"- p95 at {RATE:g} a second under {MOST_MILLISECONDS} ms: **{kept}**"
    yield f"- capacity: {capacity:.1f} articles of {WORDS} words a second"
    rate = flood.statuses["200"] / flood.seconds
    yield f"- verdicts a second under the flood: {rate:.1f}; sent {sum(flood.statuses.values()) / flood.seconds:.0f} a second"
    if flood.late:
        yield f"- not sent at their time, because {_CONNECTIONS} connections were waiting already: {flood.late:,}"
    if odd := {status: count for status, count in flood.statuses.items() if status not in {"200", "429"}}:
        yield f"- failures under the flood: {odd}"
    yield f"- memory of all processes over the flood, MB: {', '.join(f'{size:.0f}' for size in flood.memory)}"


def _percentile(waits: Sequence[float], share: int) -> float:
    """A percentile of the waits in milliseconds; 0 if there are none."""
    if len(waits) < 2:
        return 1000 * sum(waits)
    return 1000 * statistics.quantiles(waits, n=100, method="inclusive")[share - 1]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark and print the page."""
    parser = argparse.ArgumentParser(prog="python -m detector.lab.benchmarks.web", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the steady part (default 60)")
    parser.add_argument("--long", type=float, default=600.0, help="seconds of ten times the capacity (default 600)")
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--grammar", default="harper", choices=["harper", "none"])
    options = parser.parse_args(argv)
    if not Path("/proc/self/smaps_rollup").exists():
        raise UnspinError("this benchmark looks at processes as Linux shows them: run it there.")
    load = os.getloadavg()[0]
    _say("# The API under load\n")
    _say(f"{options.workers} workers, grammar {options.grammar}, {os.cpu_count()} cores; busy before: {load:.1f}\n")
    server = Server(options.workers, options.grammar)
    try:
        lines = list(
            asyncio.run(
                measure(server, articles(40), seconds=options.seconds, long=options.long, workers=options.workers)
            )
        )
    finally:
        server.close()
    _say("\n".join(lines))
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UnspinError as fault:
        sys.exit(f"detector.lab.benchmarks.web: {fault}")
