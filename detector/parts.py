"""Judge the part of a long article that looks most rewritten, so that human copy around it does not hide it.

Each measurement of a whole article dilutes a rewrite that is only a part of it. So a long article that is not flagged
is judged once more: the sentences that look most rewritten, wherever they stand, as an article of their own. The choice
of the worst sentences makes human copy look worse, too. :data:`LEAST` is set on human copy with the same choice.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from detector.model import logit
from detector.verdict import Label, Verdict
from features.document import Document, Span

LONG = 600
"""Fewest words of an article whose parts are judged."""

PART = 150
"""A part is complete when it has this many words."""

BLOCK = 40
"""Sentences are chosen in runs of at least this many words, because one sentence alone says too little."""

LEAST = 0.995
"""Probability from which a part makes a clean article ``suspect``."""

_LOWEST = 1e-4


def judge_part(verdict: Verdict, check: Callable[[Document], Verdict]) -> Verdict:
    """Return the verdict, raised from ``clean`` to ``suspect`` if a part of a long article looks rewritten.

    The probability stays that of the whole article. The note says which part it is, and marks and sentences of the part
    are those of the part alone.

    Parameters
    ----------
    verdict : Verdict
        The verdict on the whole article.
    check : callable
        Judges a text without looking into its parts.
    """
    if verdict.label is not Label.CLEAN or verdict.words < LONG:
        return verdict
    part = most_rewritten(verdict)
    found = check(Document("\n".join(verdict.text[start:end] for start, end in part), verdict.source))
    if not found.probability >= LEAST:
        return verdict
    place = _Places(part)
    inside = [(mark, place.in_article(mark.span)) for mark in found.evidence]
    scores = {place.in_article(s.span): s.probability for s in found.sentences}
    outside = [mark for mark in verdict.evidence if not any(a < mark.span.end and mark.span.start < b for a, b in part)]
    marks = [*outside, *(replace(mark, span=span) for mark, span in inside if span is not None)]
    return replace(
        verdict,
        label=Label.SUSPECT,
        kinds=found.kinds,
        evidence=tuple(sorted(marks, key=lambda mark: mark.span)),
        sentences=tuple(replace(s, probability=scores.get(s.span, s.probability)) for s in verdict.sentences),
        note=" ".join(filter(None, (verdict.note, _note(verdict, part)))),
    )


def most_rewritten(verdict: Verdict) -> tuple[Span, ...]:
    """Return the places that look most rewritten, together at least :data:`PART` words, in order.

    >>> from detector.verdict import Quality, SentenceScore
    >>> text = f"{'All is well. ' * 30}{'Everything is fantabulous. ' * 60}{'All is well. ' * 30}"
    >>> scores = tuple(SentenceScore(s, 0.9 if s.end - s.start > 20 else 0.1) for s in Document(text).sentences)
    >>> of = Verdict(Label.CLEAN, 0.1, 0.9, 0.5, Quality(50.0, ()), (), (), scores, 360, "", text)
    >>> [text[start:end][-14:] for start, end in most_rewritten(of)]
    ['s fantabulous.']
    """
    blocks = _blocks(verdict)
    by_score = sorted(range(len(blocks)), key=lambda at: -blocks[at].score)
    words = accumulate(blocks[at].words for at in by_score)
    enough = next((n for n, sum_ in enumerate(words, 1) if sum_ >= PART), len(blocks))
    runs = _consecutive(sorted(by_score[:enough]))
    return tuple(Span(blocks[run[0]].span.start, blocks[run[-1]].span.end) for run in runs)


class _Block(NamedTuple):
    """A run of sentences: its place, its words, and the mean log-odds of a word's sentence."""

    span: Span
    words: int
    score: float


def _blocks(verdict: Verdict) -> list[_Block]:
    found, begin, words, scored, total = [], 0, 0, 0, 0.0
    for at, (span, probability) in enumerate((s.span, s.probability) for s in verdict.sentences):
        own = len(verdict.text[span.start : span.end].split())
        words += own
        if not math.isnan(probability):
            scored += own
            total += own * logit(min(max(probability, _LOWEST), 1 - _LOWEST))
        if words >= BLOCK or at == len(verdict.sentences) - 1:
            score = total / scored if scored else -math.inf
            found.append(_Block(Span(verdict.sentences[begin].span.start, span.end), words, score))
            begin, words, scored, total = at + 1, 0, 0, 0.0
    return found


@dataclass(frozen=True)
class _Places:
    """Maps places of a part's text, where its runs stand one a line, to places of the article."""

    part: Sequence[Span]

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((end - start + 1 for start, end in self.part[:-1]), initial=0))

    def in_article(self, span: Span) -> Span | None:
        """Return the place in the article; None if it spans two runs."""
        at = bisect_right(self._starts, span.start) - 1
        shift = self.part[at].start - self._starts[at]
        moved = Span(span.start + shift, span.end + shift)
        return moved if moved.end <= self.part[at].end else None


def _note(verdict: Verdict, part: Sequence[Span]) -> str:
    """Say which part looks rewritten: its paragraphs, or its sentences in a text of one paragraph."""
    spans = [s.span for s in verdict.sentences]
    breaks = ["\n" in (gap := verdict.text[a.end : b.start]) or "\r" in gap for a, b in pairwise(spans)]
    what, numbers = "paragraph", list(accumulate(breaks, initial=1))
    if numbers[-1] == 1:
        what, numbers = "sentence", list(range(1, len(spans) + 1))
    inside = sorted({n for n, s in zip(numbers, spans, strict=True) if any(a <= s.start < b for a, b in part)})
    named = _runs(inside)
    return (
        f"A part of this text looks rewritten: {what}{'s' if len(inside) > 1 else ''} {named}. "
        "The text as a whole does not."
    )


def _runs(numbers: Sequence[int]) -> str:
    """Return ascending numbers as words.

    >>> _runs([1, 2, 3, 4, 9]), _runs([2, 3]), _runs([7]), _runs([1, 4, 5, 6])
    ('1 to 4 and 9', '2 and 3', '7', '1 and 4 to 6')
    """
    named = [
        said
        for run in _consecutive(numbers)
        for said in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(n) for n in run])
    ]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _consecutive(numbers: Sequence[int]) -> list[list[int]]:
    """Split ascending numbers into runs without gaps.

    >>> _consecutive([1, 2, 3, 9])
    [[1, 2, 3], [9]]
    """
    # In a run, numbers grow like their places.
    return [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda each: each[1] - each[0])]
