"""Groups near-duplicates in search results: agencies store updates and copies, but an editor wants each story once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detector.archive.story import ArchivedStory, Candidate

RUN = 4
"""Words in a run. Two stories are compared by the runs of words that they share."""

SAME = 0.6
"""Two stories are near-duplicates if they share at least this part of the shorter one's runs."""

SAME_WORDS = 0.5
"""Near-duplicates share at least this part of the shorter one's words, which is quickly seen. Other stories seldom do."""

LONG = 7
"""Only runs that begin with a word of at least this many letters are compared: same groups, a quarter of the work."""

FEWEST_RUNS = 8
"""A text with fewer runs is compared whole, because short texts may share runs by chance."""

MOST_CHARACTERS = 5_000
"""Only the first characters of each story, up to this number, are compared."""

FIRST_PAGE = 2
"""Hits that the first search requests for each wanted candidate."""

MOST_HITS = 1_000
"""Most hits to examine when copies of one story fill the results."""


@dataclass(frozen=True)
class _Compared:
    """A story as it is compared with others."""

    text: str

    @cached_property
    def _sequence(self) -> list[str]:
        return self.text[:MOST_CHARACTERS].lower().split()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self._sequence)

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        words = self._sequence
        starts = [place for place, word in enumerate(words[: 1 - RUN]) if len(word) >= LONG]
        if len(starts) < FEWEST_RUNS:
            return frozenset({tuple(words)})
        return frozenset([tuple(words[place : place + RUN]) for place in starts])

    def same(self, other: "_Compared") -> bool:
        """Whether both are versions of one story."""
        return _share(self.words, other.words) >= SAME_WORDS and _share(self.runs, other.runs) >= SAME


def _share(one: frozenset[Any], other: frozenset[Any]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def grouped(search: Callable[[int], Sequence[tuple[float, ArchivedStory]]], most: int) -> list[Candidate]:
    """Returns candidates from ranked hits, each with its near-duplicates.

    Parameters
    ----------
    search : callable
        Takes a number of hits and returns up to that many, best first.
    """
    if most < 1:
        return []
    wanted = FIRST_PAGE * most
    while True:
        hits = search(wanted)
        found = _group(hits, most)
        if len(found) >= most or len(hits) < wanted or wanted >= MOST_HITS:
            return found
        # Copies of one story must not hide the second source of an article.
        wanted = min(MOST_HITS, 5 * wanted)


def _group(hits: Sequence[tuple[float, ArchivedStory]], most: int) -> list[Candidate]:
    groups: list[tuple[float, ArchivedStory, _Compared, list[str]]] = []
    texts: dict[str, int] = {}
    for score, story in hits:
        place = texts.get(story.text)
        if place is None:
            compared = _Compared(story.text)
            place = next((at for at, group in enumerate(groups) if compared.same(group[2])), None)
            if place is None and len(groups) < most:
                place = len(groups)
                groups.append((score, story, compared, []))
                texts[story.text] = place
                continue
            if place is None:
                continue
            texts[story.text] = place
        groups[place][3].append(story.id)
    return [Candidate(story, score, tuple(ids)) for score, story, _, ids in groups]
