"""Select the test stories, and remove those that overlap with the training data.

A test story is dropped if it shares running text with a story used for training, calibration or n-gram counts. Roles
are drawn by story and outlet, but agencies sell one story to many outlets, and data sets contain parts of each other.
Running text is compared by shingles (Broder 1997), as in :mod:`detector.lab.training.count_ngrams`.
"""

import hashlib
import json
import lzma
import re
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from detector.lab.data.corpus import SETS, Story, require_fields, sets_in, stories
from detector.lab.fingerprint import code_hash
from detector.lab.training.count_ngrams import OVERLAP, shingles
from detector.manifest import sha256
from features.language_model.ngrams import Hashes

TAUGHT = ("fit", "calibrate")
"""Roles of stories for training, calibration and thresholds."""

_WORD = re.compile(r"\w+")
_CACHE_FORMAT = 2


@dataclass(frozen=True)
class Dropped:
    """The number of test stories of a set, and of those that overlap with training stories and with reference copy."""

    stories: int
    near_taught: int
    near_reference: int


@dataclass(frozen=True)
class Held:
    """The held-out test stories.

    Parameters
    ----------
    stories : mapping
        Maps each set to its test stories, without the dropped ones.
    dropped : mapping
        Maps each set to its numbers of dropped stories.
    """

    stories: Mapping[str, tuple[Story, ...]]
    dropped: Mapping[str, Dropped]

    def of(self, *names: str) -> list[Story]:
        """The test stories of some sets, in order."""
        return [story for name in names for story in self.stories.get(name, ())]


@dataclass(frozen=True)
class Shingled:
    """The shingles of many stories, in the order of the stories.

    Parameters
    ----------
    hashes : ndarray of uint64
    offsets : ndarray of int64, shape (stories + 1,)
    """

    hashes: Hashes
    offsets: np.ndarray[tuple[int], np.dtype[np.int64]]

    def share_in(self, known: Hashes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The share of each story's shingles in the sorted array ``known``, shape (stories,); 0 without shingles."""
        hit = np.zeros(len(self.hashes) + 1)
        if len(known) and len(self.hashes):
            at = np.minimum(np.searchsorted(known, self.hashes), len(known) - 1)
            hit[1:] = np.cumsum(known[at] == self.hashes)
        return (hit[self.offsets[1:]] - hit[self.offsets[:-1]]) / np.maximum(np.diff(self.offsets), 1)

    def select(self, keep: Sequence[bool] | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Hashes:
        """The sorted distinct shingles of the selected stories."""
        return np.unique(self.hashes[np.repeat(np.asarray(keep, bool), np.diff(self.offsets))])


def shingle(texts: Sequence[str]) -> Shingled:
    """The shingles of texts. Case and punctuation are ignored.

    >>> same = shingle(["One two, three four five six seven eight nine ten. " * 9, "one two three four five six seven "
    ...     "eight nine ten " * 9])
    >>> float(same.share_in(same.select([True, False]))[1])
    1.0
    """
    pieces = []
    for text in texts:
        words = _WORD.findall(text.lower())
        ids = np.fromiter((zlib.crc32(w.encode()) & 0x7FFFFFFF for w in words), np.int32, len(words))
        pieces.append(shingles(ids))
    offsets = np.cumsum([0, *map(len, pieces)]).astype(np.int64)
    return Shingled(np.concatenate(pieces) if pieces else np.empty(0, np.uint64), offsets)


def read_held(
    data: Path, cache: Path, *, jobs: int, progress: Callable[[str], None], known: Collection[str] = tuple(SETS)
) -> Held:
    """The test stories of every set in the data folder, without those that overlap with training data.

    Reading the whole folder takes a minute or two. The result is kept in ``cache``, which then holds text of the data
    folder and must not be published. ``known`` names the sets that the model was trained with: see :func:`separate`.
    """
    names = sets_in(data)
    key = "".join(sha256(data / f"{n}.jsonl.xz")[:16] for n in names)
    key += code_hash(
        "detector.lab.data.corpus", "detector.lab.training.count_ngrams", "features.language_model.ngrams", __name__
    )
    key += repr(sorted(known))
    path = cache / f"held-{_CACHE_FORMAT}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json.xz"
    if path.is_file():
        progress("test stories: as read before")
        return _load(path)
    progress(f"test stories: reading {len(names)} sets")
    # Start with the largest set, so that all workers finish together.
    order = sorted(names, key=lambda n: -(data / f"{n}.jsonl.xz").stat().st_size)
    read = Parallel(n_jobs=jobs)(delayed(_read)(data, name) for name in order)
    held = separate({name: (tests, roles) for name, tests, roles in read}, known)
    _save(held, path)
    progress(f"test stories: {sum(map(len, held.stories.values())):,} kept")
    return held


def _read(data: Path, name: str) -> tuple[str, list[Story], dict[str, Shingled]]:
    tests: list[Story] = []
    texts: dict[str, list[str]] = {"taught": [], "reference": []}
    parts: dict[str, list[Shingled]] = {"taught": [], "reference": []}
    for story in stories(data, name):
        if story.role == "test":
            require_fields(story)
            tests.append(story)
        else:
            kind = "taught" if story.role in TAUGHT else "reference"
            texts[kind].append(story.text)
            if len(texts[kind]) == 2000:
                parts[kind].append(shingle(texts[kind]))
                texts[kind] = []
    return name, tests, {kind: _join([*parts[kind], shingle(texts[kind])]) for kind in parts}


def _join(parts: Sequence[Shingled]) -> Shingled:
    offsets = [np.zeros(1, np.int64)]
    base = 0
    for part in parts:
        offsets.append(part.offsets[1:] + base)
        base += int(part.offsets[-1])
    return Shingled(np.concatenate([np.empty(0, np.uint64), *(p.hashes for p in parts)]), np.concatenate(offsets))


def separate(
    read: Mapping[str, tuple[Sequence[Story], Mapping[str, Shingled]]], known: Collection[str] = tuple(SETS)
) -> Held:
    """Drop the test stories that share running text with training stories or with counted reference copy.

    ``read`` maps a set to its test stories and to the shingles of its ``taught`` and ``reference`` stories. The n-gram
    counts exclude reference stories that overlap with held-out ones, so those do not drop a test story.

    ``known`` names the sets that the model was trained with. A set that was added later has no training stories. The
    counts did not exclude its overlaps, so its test stories are dropped if counted copy contains their text.
    """
    names = sorted(read)
    met = [n for n in names if n in known]
    taught = _join([read[n][1]["taught"] for n in met])
    reference = _join([read[n][1]["reference"] for n in met])
    tests = {n: shingle([s.text for s in read[n][0]]) for n in names}
    fitted = taught.select(np.ones(len(taught.offsets) - 1, bool))
    held_out = np.unique(np.concatenate([fitted, *(tests[n].hashes for n in met)]))
    counted = reference.select(reference.share_in(held_out) <= OVERLAP)
    kept: dict[str, tuple[Story, ...]] = {}
    dropped: dict[str, Dropped] = {}
    for name in names:
        near_taught = tests[name].share_in(fitted) > OVERLAP
        near_reference = (tests[name].share_in(counted) > OVERLAP) & ~near_taught
        gone = near_taught | near_reference
        items = read[name][0]
        groups = {s.group for s, g in zip(items, gone, strict=True) if g} if SETS[name].paired else set()
        kept[name] = tuple(s for s, g in zip(items, gone, strict=True) if not g and s.group not in groups)
        dropped[name] = Dropped(len(items), int(near_taught.sum()), int(near_reference.sum()))
    return Held(kept, dropped)


def _save(held: Held, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {
        "stories": {n: [asdict(s) for s in items] for n, items in held.stories.items()},
        "dropped": {n: asdict(d) for n, d in held.dropped.items()},
    }
    partial = path.with_suffix(".partial")
    with lzma.open(partial, "wt", encoding="utf-8", preset=1) as file:
        json.dump(rows, file)
    partial.replace(path)


def _load(path: Path) -> Held:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    return Held(
        {n: tuple(Story(**s) for s in items) for n, items in rows["stories"].items()},
        {n: Dropped(**d) for n, d in rows["dropped"].items()},
    )
