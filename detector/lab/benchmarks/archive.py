"""Measure an archive: the speed of filling and queries, its size, and how often it finds the source of a rewrite.

``python -m detector.lab.benchmarks.archive DATA`` prints a page in Markdown. docs/archive.md explains it. DATA is the
data folder. The archive contains human stories, including the originals of the rewrites. Wall times depend on the
machine's other work, so the page also shows processor times.
"""

import argparse
import json
import lzma
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.archive import Archive, open_archive
from detector.errors import DataError, UnspinError
from detector.intervals import wilson
from detector.lab.benchmarks.audit import watch
from detector.lab.spinners import families

SETS = (
    "reuters-fin", "world-news", "reuters21578", "reuters-c50", "bbc2005", "intl-news-2024", "detectrl", "llm-rewrites",
)  # fmt: skip
"""Sets whose human stories fill the archive."""

SPINNERS = ("dictionary", "wordnet-bare")
RATES = (1.0, 0.15)
_FEWEST_WORDS = 100


@dataclass(frozen=True)
class Query:
    """A rewrite and the id of its original story."""

    family: str
    text: str
    source: str


def rows_of(data: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a set. Raises DataError if the set's file is missing or damaged."""
    path = data / f"{name}.jsonl.xz"
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise DataError(f"{path} cannot be read: put the data folder's file there.") from error


def write_stories(data: Path, target: Path, most: int | None) -> tuple[int, int]:
    """Write all human stories to one JSON Lines file. Returns their number and the bytes of their texts."""
    number = size = 0
    with target.open("w", encoding="utf-8") as file:
        for name in reversed(SETS):  # so that a limit does not cut off the originals of the rewrites
            for row in rows_of(data, name):
                if row["label"] != "human" or number == most:
                    continue
                kept = {key: row[key] for key in ("id", "text", "title", "outlet", "date", "url") if row.get(key)}
                file.write(json.dumps(kept) + "\n")
                number += 1
                size += len(row["text"].encode())
    return number, size


def real_rewrites(data: Path, most: int) -> Iterator[Query]:
    """Rewrites of news by real tools, at most ``most`` by each tool."""
    rows = [row for row in rows_of(data, "detectrl") if row.get("domain") == "xsum-news" and "pair_id" in row]
    originals = {row["pair_id"]: row["id"] for row in rows if row["label"] == "human"}
    taken: dict[str, int] = defaultdict(int)
    for row in rows:
        if row["label"] != "human" and row["pair_id"] in originals and taken[row["tool"]] < most:
            taken[row["tool"]] += 1
            yield Query(row["tool"], row["text"], originals[row["pair_id"]])


def simulated_rewrites(data: Path, stories: Path, most: int, seed: int) -> Iterator[Query]:
    """Rewrites of stories in the archive by simulated spinners, at several rates."""
    chance, sample = random.Random(seed), list[dict[str, Any]]()
    with stories.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            # Reservoir sampling, because the file may not fit in memory.
            place = number if number < 4 * most else chance.randrange(number + 1)
            if place < 4 * most:
                sample[place : place + 1] = [json.loads(line)]
    long = [row for row in sample if len(row["text"].split()) >= _FEWEST_WORDS][:most]
    known = families(data)
    for name in SPINNERS:
        for rate in RATES:
            for row in long:
                spun = known[name].spin(row["text"], random.Random(f"{seed}{row['id']}"), rate)
                yield Query(f"{name}, {rate:.0%} of what it can replace", spun.text, row["id"])


def filling(stories: Path, place: str, number: int, raw: int) -> Iterator[str]:
    """Measure the command that fills an archive, run twice."""
    command = [
        sys.executable,
        "-m",
        "detector",
        "archive",
        "add",
        str(stories),
        "--archive",
        place,
        "--quiet",
        "--allow-errors",
    ]
    yield f"| {number:,} stories, {raw / 1e6:,.0f} MB of text | stories a second | processor µs a story |"
    yield "|---|--:|--:|"
    for what in ("added", "added again: nothing changes"):
        seen = watch(command)
        work = seen.main + seen.workers
        yield f"| {what} | {number / seen.seconds:,.0f} | {1e6 * work / number:,.0f} |"
    with closing(open_archive(place)) as opened:
        info = opened.info()
    yield ""
    yield f"The archive holds {info.stories:,} stories in {info.bytes / 1e6:,.0f} MB: {info.bytes / raw:.2f} times the text (asked: 1.1)."


def finding(archive: Archive, queries: Sequence[Query]) -> Iterator[str]:
    """Measure how often the source is among the candidates, by family, and how long a query takes."""
    first, five, asked = defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, int](int)
    wall, work = list[float](), list[float]()
    for query in queries:
        begun, busy = time.perf_counter(), time.process_time()
        found = archive.candidates(query.text, most=5)
        wall.append(time.perf_counter() - begun)
        work.append(time.process_time() - busy)
        places = [query.source in (one.story.id, *one.duplicates) for one in found]
        asked[query.family] += 1
        first[query.family] += places[:1] == [True]
        five[query.family] += any(places)
    yield "| rewritten by | rewrites | source first | 95 % interval | among the first five |"
    yield "|---|--:|--:|---|--:|"
    for family, number in asked.items():
        _, low, high = wilson(first[family], number)
        yield (
            f"| {family} | {number:,} | {first[family] / number:.3f} | {low:.3f} to {high:.3f} "
            f"| {five[family] / number:.3f} |"
        )
    yield ""
    yield "| a query for five candidates | median | 95th percentile |"
    yield "|---|--:|--:|"
    for what, seconds in (("wall, ms", wall), ("processor, ms", work)):
        yield f"| {what} | {1000 * statistics.median(seconds):.1f} | {1000 * statistics.quantiles(seconds, n=20)[-1]:.1f} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark. Returns 0, or 2 if the benchmark failed."""
    parser = argparse.ArgumentParser(
        prog="python -m detector.lab.benchmarks.archive", description=__doc__.split("\n", 1)[0]
    )
    parser.add_argument("data", metavar="DATA", type=Path, help="the data folder")
    parser.add_argument("--archive", metavar="PLACE", help="where it is made and kept, folder or address; else it goes")
    parser.add_argument("--stories", type=int, metavar="N", help="at most so many (all)")
    parser.add_argument("--queries", type=int, default=100, metavar="N", help="of each kind (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of chance (%(default)s)")
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
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        yield f"The machine was busy ({os.getloadavg()[0]:.1f} processes wanted its {os.cpu_count()} cores): trust processor times."
        yield ""
    stories, place = folder / "stories.jsonl", options.archive or str(folder / "wire.archive")
    number, raw = write_stories(options.data, stories, options.stories)
    yield from ("## Filling", "")
    yield from filling(stories, place, number, raw)
    queries = [
        *real_rewrites(options.data, options.queries),
        *simulated_rewrites(options.data, stories, options.queries, options.seed),
    ]
    yield from ("", "## Finding", "")
    with closing(open_archive(place)) as archive:
        yield from finding(archive, queries)


if __name__ == "__main__":
    sys.exit(main())
