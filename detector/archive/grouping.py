"""Near-duplicates in an answer: agencies store updates, corrections and copies, and an editor wants each story once."""

import re
from collections.abc import Callable, Sequence

from detector.archive.story import ArchivedStory, Candidate

RUN = 4
"""Words of a run. Two stories are compared by the runs of words that they share."""

SAME = 0.6
"""Share of the shorter story's runs that stand in the other one as well, from which on the two are one story."""

MOST_CHARACTERS = 50_000
"""Of each story that is compared."""

FIRST_PAGE = 4
"""Hits that are looked at for every candidate asked for."""

MOST_HITS = 1_000
"""Hits that are looked at where hundreds of copies of one story fill the answer."""

_WORD = re.compile(r"[^\W_]+")
_Runs = frozenset[tuple[str, ...]]


def grouped(search: Callable[[int], Sequence[tuple[float, ArchivedStory]]], most: int) -> list[Candidate]:
    """Candidates from a ranked list of hits, each with its near-duplicates.

    Parameters
    ----------
    search : callable
        Gives so many hits, best first, or all that there are.
    most : int
        Candidates wanted.
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
    groups: list[tuple[float, ArchivedStory, _Runs, list[str]]] = []
    texts: dict[str, int] = {}
    for score, story in hits:
        place = texts.get(story.text)
        if place is None:
            runs = _runs(story.text)
            place = next((at for at, group in enumerate(groups) if _same(runs, group[2])), None)
            if place is None and len(groups) < most:
                place = len(groups)
                groups.append((score, story, runs, []))
                texts[story.text] = place
                continue
            if place is None:
                continue
            texts[story.text] = place
        groups[place][3].append(story.id)
    return [Candidate(story, score, tuple(ids)) for score, story, _, ids in groups]


def _runs(text: str) -> _Runs:
    words = _WORD.findall(text[:MOST_CHARACTERS].lower())
    if len(words) < RUN:
        return frozenset({tuple(words)})
    return frozenset(zip(*(words[place:] for place in range(RUN)), strict=False))


def _same(one: _Runs, other: _Runs) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter & longer) >= SAME * len(shorter)
