"""Find near-duplicates, such as one story on thirty sites, without comparing every pair of texts.

The store keeps a *sketch* of every text: for each of 80 hash functions, the smallest value over the text's runs of four
words (MinHash, Broder 1997). The share of equal places in two sketches estimates the Jaccard similarity of the two sets
of runs. Sketches are looked up by *bands* of four places (Leskovec, Rajaraman & Ullman, *Mining of Massive Datasets*,
ch. 3). With 20 bands, two texts of similarity 0.6 share a band with a probability of 94%, two of 0.2 with 3%.

The bands are in the store, not in memory. The hashes do not depend on the version of any library, because a store
compares sketches across years.
"""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PLACES = 80
ROWS = 4
BANDS = PLACES // ROWS
RUN = 4
"""Words in a run. If one word in twelve changes, half of the runs stay the same."""

SAME = 0.5
"""Minimum similarity of two articles of one story: half of all their distinct runs occur in both."""

FEWEST_RUNS = 12
"""Texts of fewer words count as one run, because short texts share runs by chance."""

_MOST_CHARACTERS = 200_000
_WORD = re.compile(r"\w+")
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _odd_multipliers() -> NDArray[np.uint64]:
    # Splitmix64 with a fixed seed. Never change it: stores hold sketches that were made with it.
    state = np.arange(1, 2 * PLACES + 1, dtype=np.uint64) * _MIX
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state


_SEEDS = _odd_multipliers()
_TIMES = (_SEEDS[:PLACES, None] >> np.uint64(32)).astype(np.uint32) | np.uint32(1)
_PLUS = (_SEEDS[PLACES:, None] >> np.uint64(32)).astype(np.uint32)


def sketch(text: str) -> bytes:
    """The sketch of a text: 320 bytes, or b"" for a text without words. Case and punctuation are ignored.

    >>> one = sketch("The two governments agreed to resume talks on water rights after a week of silence, they said.")
    >>> two = sketch("the two governments AGREED to resume talks on water rights after a week of silence they said")
    >>> similarity(one, two), similarity(one, sketch("Shares fell.")), sketch("?")
    (1.0, 0.0, b'')
    """
    words = _WORD.findall(text[:_MOST_CHARACTERS].lower())
    if not words:
        return b""
    runs = _runs(words)
    # 32 bits suffice because the hashes are well mixed, and the processor multiplies eight of them at once.
    hashed = runs[None, :] * _TIMES
    hashed += _PLUS
    smallest: NDArray[np.uint32] = hashed.min(axis=1)
    return smallest.astype("<u4").tobytes()


def _runs(words: Sequence[str]) -> NDArray[np.uint32]:
    """Hashes of the runs of words."""
    ids = np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], np.uint64)
    width = RUN if len(words) >= FEWEST_RUNS else len(words)
    count = len(words) - width + 1
    mixed = np.full(count, width, np.uint64)
    for place in range(width):
        mixed = (mixed ^ ids[place : place + count]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def similarity(one: bytes, other: bytes) -> float:
    """The estimated Jaccard similarity of the runs of two texts, 0 to 1, with a standard error of at most 0.06."""
    if not one or not other:
        return 0.0
    return float((np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")).mean())


def bands(sketched: bytes) -> list[int]:
    """The lookup values of a sketch: one signed 64-bit integer for each band."""
    if not sketched:
        return []
    table = np.frombuffer(sketched, "<u4").astype(np.uint64).reshape(BANDS, ROWS)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64)
    for row in range(ROWS):
        mixed = (mixed ^ table[:, row]) * _MIX
        mixed ^= mixed >> np.uint64(31)
    values: list[int] = mixed.view(np.int64).tolist()
    return values
