"""Which words of an article stand in a second text, in the same order, and what stands where they differ.

Rare triples of words that both texts hold once are matched first (the idea of patience diff); between those anchors
:class:`difflib.SequenceMatcher` looks closer. So the time does not grow with the product of the lengths.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

# A gap between two anchors with more pairs of words than this is cut into pieces in proportion, first with first.
_MOST_PAIRS = 400_000
_PHRASE = 3


class Pair(NamedTuple):
    """Word ``here`` of the article is word ``there`` of the second text; both count from 0."""

    here: int
    there: int


class Gap(NamedTuple):
    """Words ``here[0]..here[1]`` of the article where the second text has ``there[0]..there[1]``; either may be empty."""

    here: tuple[int, int]
    there: tuple[int, int]


def matched(here: Sequence[Hashable], there: Sequence[Hashable]) -> list[Pair]:
    """The words that both texts have in the same order, rising on both sides.

    >>> matched("the talks ended on a cold day".split(), "the discussions ended on one day".split())
    [Pair(here=0, there=0), Pair(here=2, there=2), Pair(here=3, there=3), Pair(here=6, there=5)]
    """
    pairs: list[Pair] = []
    anchors = [Pair(-1, -1), *_anchors(here, there), Pair(len(here), len(there))]
    for before, after in pairwise(anchors):
        pairs += _between(here, there, before, after)
        if after.here < len(here):
            pairs.append(after)
    return pairs


def gaps(pairs: Sequence[Pair], here: int, there: int) -> Iterator[Gap]:
    """What lies between matched words, in texts of ``here`` and ``there`` words.

    >>> list(gaps([Pair(0, 0), Pair(2, 1)], 3, 2))
    [Gap(here=(1, 2), there=(1, 1))]
    """
    for before, after in pairwise([Pair(-1, -1), *pairs, Pair(here, there)]):
        gap = Gap((before.here + 1, after.here), (before.there + 1, after.there))
        if gap.here[0] < gap.here[1] or gap.there[0] < gap.there[1]:
            yield gap


def longest_runs(pairs: Sequence[Pair], at_least: int) -> list[tuple[int, int]]:
    """Stretches of the article of ``at_least`` words that stand in the second text unbroken, as half-open ranges.

    >>> longest_runs([Pair(0, 4), Pair(1, 5), Pair(2, 6), Pair(3, 9)], 2)
    [(0, 3)]
    """
    runs: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(pairs) + 1):
        if at < len(pairs) and pairs[at] == (pairs[at - 1].here + 1, pairs[at - 1].there + 1):
            continue
        if at - start >= at_least:
            runs.append((pairs[start].here, pairs[at - 1].here + 1))
        start = at
    return runs


def _anchors(here: Sequence[Hashable], there: Sequence[Hashable]) -> list[Pair]:
    ours, theirs = _once(here), _once(there)
    shared = sorted(Pair(at, theirs[phrase]) for phrase, at in ours.items() if phrase in theirs)
    found: list[Pair] = []
    for start in _rising(shared):
        for offset in range(_PHRASE):
            pair = Pair(start.here + offset, start.there + offset)
            if not found or (pair.here > found[-1].here and pair.there > found[-1].there):
                found.append(pair)
    return found


def _once(words: Sequence[Hashable]) -> dict[tuple[Hashable, ...], int]:
    """The phrases that a text holds once, and where."""
    phrases = list(zip(*(words[offset:] for offset in range(_PHRASE)), strict=False))
    times = Counter(phrases)
    return {phrase: at for at, phrase in enumerate(phrases) if times[phrase] == 1}


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest part of the pairs, already rising in ``here``, that rises in ``there`` as well (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, pair in enumerate(pairs):
        pile = bisect_left(tops, pair.there)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(pair.there)
            ends.append(number)
        else:
            tops[pile], ends[pile] = pair.there, number
    found = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _between(here: Sequence[Hashable], there: Sequence[Hashable], before: Pair, after: Pair) -> Iterator[Pair]:
    """The matches between two anchors, in pieces of bounded size."""
    ours, theirs = after.here - before.here - 1, after.there - before.there - 1
    if not ours or not theirs:
        return
    if ours == 1 or theirs == 1:
        # Most gaps hold one replaced word. The matcher would give the same answer in ten times the time.
        yield from _single(here, there, Pair(before.here + 1, before.there + 1), after)
        return
    count = 1 + math.isqrt(ours * theirs // _MOST_PAIRS)
    for piece in range(count):
        start = Pair(before.here + 1 + ours * piece // count, before.there + 1 + theirs * piece // count)
        end = Pair(before.here + 1 + ours * (piece + 1) // count, before.there + 1 + theirs * (piece + 1) // count)
        matcher = SequenceMatcher(None, there[start.there : end.there], here[start.here : end.here], autojunk=False)
        for block in matcher.get_matching_blocks():
            for offset in range(block.size):
                yield Pair(start.here + block.b + offset, start.there + block.a + offset)


def _single(here: Sequence[Hashable], there: Sequence[Hashable], start: Pair, end: Pair) -> Iterator[Pair]:
    """The first match of a single word on either side."""
    for at in range(start.here, end.here):
        for beside in range(start.there, end.there):
            if here[at] == there[beside]:
                yield Pair(at, beside)
                return
