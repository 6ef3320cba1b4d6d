"""Near-duplicates in an answer: agencies store updates, corrections and copies, and an editor wants each story once."""

from collections.abc import Callable, Sequence

from detector.archive.story import ArchivedStory, Candidate

RUN = 4
"""Words of a run. Two stories are compared by the runs of words that they share."""

SAME = 0.6
"""Share of the shorter story's runs that stand in the other one as well, from which on the two are one story."""

LONG = 7
"""Only runs that begin with a word of so many letters are compared: a quarter of the work, and the same answer."""

FEWEST_RUNS = 8
"""A text with fewer is compared whole: short ones are alike by chance."""

MOST_CHARACTERS = 5_000
"""Of each story that is compared."""

FIRST_PAGE = 3
"""Hits that are looked at for every candidate asked for."""

MOST_HITS = 1_000
"""Hits that are looked at where hundreds of copies of one story fill the answer."""

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
    words = text[:MOST_CHARACTERS].lower().split()
    starts = [place for place, word in enumerate(words[: 1 - RUN]) if len(word) >= LONG]
    if len(starts) < FEWEST_RUNS:
        return frozenset({tuple(words)})
    return frozenset([tuple(words[place : place + RUN]) for place in starts])


def _same(one: _Runs, other: _Runs) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter & longer) >= SAME * len(shorter)
