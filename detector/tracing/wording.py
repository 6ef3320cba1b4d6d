"""What became of the words of a source: kept, replaced, added, dropped; and which names, figures and quotes changed."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detector.tracing.digest import Digest
from detector.tracing.sentences import Alignment
from detector.word_alignment import Gap, Pair, gaps, matched
from features.document import Span

_LONGEST_REPLACEMENT = 6
"""A longer stretch that differs is other text, not another wording."""

_WORD_BY_WORD = 0.5
"""From this share of kept words on, a gap of as many words on both sides is so many single replacements."""

_QUOTE_WORDS, _QUOTE_KEPT = 4, 0.4
"""A quote changed its wording if it is this long, and at least so much of it is kept; else it is another quote."""


class ChangeKind(StrEnum):
    """What was done to a wording of the source."""

    REPLACED = "replaced"
    REWORDED = "reworded"
    ADDED = "added"
    DROPPED = "dropped"


class FactKind(StrEnum):
    """What sort of fact has another value than in the source."""

    NAME = "name"
    FIGURE = "figure"
    QUOTE = "quote"


@dataclass(frozen=True)
class Change:
    """One wording that differs.

    Parameters
    ----------
    kind : ChangeKind
        ``replaced`` where a short wording stands for another, ``reworded`` for a longer stretch.
    article, source : Span
        Empty at the place of the change where the other side has nothing.
    """

    kind: ChangeKind
    article: Span
    source: Span


@dataclass(frozen=True)
class ChangedFact:
    """A name, figure or quote with another value than in the source."""

    kind: FactKind
    article: Span
    source: Span


@dataclass(frozen=True)
class AlignedPair:
    """Sentences of the article beside those that they come from.

    Parameters
    ----------
    article, source : Span
    sentences : tuple of int
        Numbers of the first and the last sentence of the article, half-open.
    similarity : float
        0 to 1, by names, figures and rare words.
    kept : float
        Share of the article's words here that stand in the source, in the same order.
    changes : tuple of Change
    facts : tuple of ChangedFact
    """

    article: Span
    source: Span
    sentences: tuple[int, int]
    similarity: float
    kept: float
    changes: tuple[Change, ...]
    facts: tuple[ChangedFact, ...]


@dataclass(frozen=True)
class _Block:
    """Sentences ``here`` of the article that go with sentences ``there`` of the source; half-open."""

    here: tuple[int, int]
    there: tuple[int, int]


def compare_words(article: Digest, source: Digest, alignment: Alignment) -> tuple[AlignedPair, ...]:
    """Compare the words of sentences that belong together, in the order of the article."""
    return tuple(_pair(article, source, alignment, block) for block in _blocks(alignment))


def _blocks(alignment: Alignment) -> Iterator[_Block]:
    """Neighbouring sentences that share a source sentence are compared together: they were one before."""
    held: _Block | None = None
    for at, (first, last) in enumerate(zip(alignment.first.tolist(), alignment.last.tolist(), strict=True)):
        if held is not None and first >= 0 and held.there[0] <= first < held.there[1]:
            held = _Block((held.here[0], at + 1), (held.there[0], max(last, held.there[1])))
            continue
        if held is not None:
            yield held
        held = _Block((at, at + 1), (first, last)) if first >= 0 else None
    if held is not None:
        yield held


def _pair(article: Digest, source: Digest, alignment: Alignment, block: _Block) -> AlignedPair:
    ours = (int(article.first_word[block.here[0]]), int(article.first_word[block.here[1]]))
    theirs = (int(source.first_word[block.there[0]]), int(source.first_word[block.there[1]]))
    here, there = article.form[slice(*ours)].tolist(), source.form[slice(*theirs)].tolist()
    pairs = matched(here, there)
    kept = len(pairs) / max(1, len(here))
    sides = _Sides(article, source, ours[0], theirs[0])
    differing = [part for gap in gaps(pairs, len(here), len(there)) for part in _parts(gap, kept)]
    inside = set(article.term[slice(*ours)].tolist()), set(source.term[slice(*theirs)].tolist())
    facts = [*_facts(sides, differing, inside), *_quotes(sides, pairs, ours, theirs)]
    own = slice(*block.here)
    return AlignedPair(
        article=Span(article.sentences[block.here[0]].start, article.sentences[block.here[1] - 1].end),
        source=Span(source.sentences[block.there[0]].start, source.sentences[block.there[1] - 1].end),
        sentences=block.here,
        similarity=min(1.0, float(alignment.similarity[own].max())),
        kept=kept,
        changes=tuple(sides.change(gap) for gap in differing),
        facts=tuple(sorted(facts, key=lambda fact: fact.article)),
    )


@dataclass(frozen=True)
class _Sides:
    """Both texts and the first word of the stretch that is compared in each."""

    article: Digest
    source: Digest
    here: int
    there: int

    def change(self, gap: Gap) -> Change:
        ours, theirs = gap.here[1] - gap.here[0], gap.there[1] - gap.there[0]
        if not ours or not theirs:
            kind = ChangeKind.ADDED if ours else ChangeKind.DROPPED
        else:
            kind = ChangeKind.REPLACED if max(ours, theirs) <= _LONGEST_REPLACEMENT else ChangeKind.REWORDED
        return Change(kind, _span(self.article, self.here, gap.here), _span(self.source, self.there, gap.there))


def _span(text: Digest, shift: int, run: tuple[int, int]) -> Span:
    first, last = run[0] + shift, run[1] + shift
    if first < last:
        return text.span(first, last)
    # Nothing here: the place right behind the word before.
    at = text.words[first - 1].end if first else 0
    return Span(at, at)


def _parts(gap: Gap, kept: float) -> list[Gap]:
    size = gap.here[1] - gap.here[0]
    ahead = gap.there[1] - gap.there[0] - size
    if ahead > 0 and size and gap.here[0] == gap.there[0] == 0:
        # A place and an agency before the first word: they were dropped, and what follows was replaced.
        return [Gap((0, 0), (0, ahead)), *_parts(Gap(gap.here, (ahead, gap.there[1])), kept)]
    if ahead or size > _LONGEST_REPLACEMENT or kept < _WORD_BY_WORD:
        return [gap]
    return [Gap((gap.here[0] + k, gap.here[0] + k + 1), (gap.there[0] + k, gap.there[0] + k + 1)) for k in range(size)]


# --- facts ---------------------------------------------------------------------------------------------------------


def _facts(sides: _Sides, differing: list[Gap], inside: tuple[set[int], set[int]]) -> Iterator[ChangedFact]:
    """Figures and names that stand in the place of others, one for one.

    ``inside`` holds the terms of both stretches. One that the other text has elsewhere was moved and not changed; only
    for a single word in the very place of another does elsewhere mean this stretch.
    """
    article, source = sides.article, sides.source
    for gap in differing:
        here = np.arange(gap.here[0], gap.here[1]) + sides.here
        there = np.arange(gap.there[0], gap.there[1]) + sides.there
        for kind, ours, theirs in (
            (FactKind.FIGURE, here[article.figure[here]], there[source.figure[there]]),
            (FactKind.NAME, here[article.name[here]], there[source.name[there]]),
        ):
            # More of them on one side than on the other: which stands for which is a guess, and a guess is no fact.
            if not 0 < len(ours) == len(theirs) <= 3:
                continue
            if kind is FactKind.NAME and (len(ours) < len(here) or len(theirs) < len(there)):
                continue
            for mine, its in zip(ours.tolist(), theirs.tolist(), strict=True):
                new, old = article.term[mine], source.term[its]
                exact = len(here) == len(there) == 1
                moved = new in inside[1] or old in inside[0] if exact else new in source.term or old in article.term
                if new != old and not moved:
                    yield ChangedFact(kind, article.words[mine], source.words[its])


def _quotes(sides: _Sides, pairs: list[Pair], ours: tuple[int, int], theirs: tuple[int, int]) -> Iterator[ChangedFact]:
    """Direct speech that no longer has the words of the source."""
    article, source = sides.article, sides.source
    at = {pair.here + ours[0]: pair.there + theirs[0] for pair in pairs}
    starts = [quote.start for quote in source.quotes]
    for quote in article.quotes:
        words = [w for w in range(*ours) if quote.start <= article.words[w].start < quote.end]
        known = [at[w] for w in words if w in at]
        if len(words) < _QUOTE_WORDS or len(known) < _QUOTE_KEPT * len(words):
            continue
        middle = source.words[known[len(known) // 2]].start
        number = bisect_left(starts, middle + 1) - 1
        if number < 0 or middle >= source.quotes[number].end:
            continue
        said = source.quotes[number]
        originals = [w for w in range(*theirs) if said.start <= source.words[w].start < said.end]
        mine, its = article.form[words].tolist(), source.form[originals].tolist()
        # A quote that is cut short is still true to its words.
        if not _holds(its, mine) and not _holds(mine, its):
            yield ChangedFact(FactKind.QUOTE, quote, said)


def _holds(words: list[int], run: list[int]) -> bool:
    return any(words[i : i + len(run)] == run for i in range(len(words) - len(run) + 1))
