"""No accusation without evidence: the marked words must explain the score.

A flagged article is scored once more with each marked wording replaced by its likeliest original. How far the log-odds
fall is what the marks explain, in all columns together. ``spun`` needs marks that explain half of the log-odds, and no
single wording may explain more than half.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from detector.model import expit, logit
from detector.verdict import REGISTER, Label, Verdict
from features.feature import Evidence
from features.visible import visible

FEWEST_MARKS = 5
"""Fewest marks with a likely original behind the label ``spun``."""

SHARE = 0.5
"""Share of the log-odds that all marks explain at least, and that one wording explains at most."""

OVERWHELMING = 10.0
"""Log-odds from which marked words accuse a text of any register, if nothing speaks against it without them."""

PATTERN_ONLY = (
    "Only the pattern of the whole text speaks against it: no single words explain the score. "
    "That is not enough to call it spun."
)
"""The note of a verdict that was lowered from ``spun`` to ``suspect``, because marks do not explain it."""

UNLIKE_NEWS = (
    "The text is not made like news, and only news has been measured: however high its probability, "
    "it is called no more than suspect."
)
"""The note of a verdict that was lowered for the register of its text."""

# Probabilities nearer to 1 cannot be told from 1.
_HIGHEST = 36.0


def explain(verdict: Verdict, log_odds: Callable[[str], float], news_floor: float) -> Verdict:
    """Return the verdict with what its marks explain, lowered from ``spun`` to ``suspect`` where they explain too little.

    Parameters
    ----------
    verdict : Verdict
        Labelled by its probability alone.
    log_odds : callable
        Calibrated log-odds of a text; minus infinity if it is too short to be judged.
    news_floor : float
        Log-odds of being written like news below which only overwhelming evidence accuses.
    """
    if not verdict.flagged:
        return verdict
    article = min(logit(verdict.probability), _HIGHEST)
    marks = [mark for mark in verdict.evidence if mark.expected]
    mended = log_odds(mend(verdict.text, marks)) if marks else article
    verdict = replace(verdict, mended_probability=expit(mended))
    note = _doubt(verdict, marks, article, mended, news_floor)
    if not note and marks:
        wording = commonest(verdict.text, marks)
        without = mended if len(wording) == len(marks) else log_odds(mend(verdict.text, wording))
        if without < (1 - SHARE) * article:
            start, end = wording[0].span
            note = f"One wording, “{visible(verdict.text[start:end])}”, explains most of the score."
            if verdict.label is Label.SPUN:
                note += " One is not enough to call it spun."
    if not note:
        return verdict
    return replace(verdict, label=Label.SUSPECT, note=" ".join(filter(None, (verdict.note, note))))


def _doubt(verdict: Verdict, marks: Sequence[Evidence], article: float, mended: float, news_floor: float) -> str:
    """Return why all marks together are not enough for ``spun``, or "" if they are or the label is ``suspect``."""
    if verdict.label is not Label.SPUN:
        return ""
    overwhelming = article >= OVERWHELMING and mended < logit(verdict.suspect_threshold)
    if _news(verdict) < news_floor and not overwhelming:
        return UNLIKE_NEWS
    return PATTERN_ONLY if len(marks) < FEWEST_MARKS or mended > (1 - SHARE) * article else ""


def mend(text: str, marks: Iterable[Evidence]) -> str:
    """Return the text with each marked wording replaced by its likeliest original, which takes its capitals.

    Parameters
    ----------
    text : str
        The text that the spans index.
    marks : iterable of Evidence
        In order of position, without overlaps, each with a likely original.

    Examples
    --------
    >>> from features.document import Span
    >>> mend("Accepted: they accepted to.", [Evidence("", Span(0, 8), "", ("agreed",)), Evidence("", Span(15, 26), "", ("agreed to",))])
    'Agreed: they agreed to.'
    """
    parts, at = [], 0
    for mark in marks:
        start, end = mark.span
        original = mark.expected[0]
        marked = text[start:end]
        if marked[:1].isupper():
            original = original.upper() if len(marked) > 1 and marked.isupper() else original[:1].upper() + original[1:]
        parts += [text[at:start], original]
        at = end
    return "".join((*parts, text[at:]))


def commonest(text: str, marks: Sequence[Evidence]) -> list[Evidence]:
    """Return the marks of the wording that is marked most, by the sum of its weights. Case is ignored."""
    of: defaultdict[str, list[Evidence]] = defaultdict(list)
    for mark in marks:
        of[text[mark.span.start : mark.span.end].casefold()].append(mark)
    return max(of.values(), key=lambda own: math.fsum(mark.weight for mark in own))


def _news(verdict: Verdict) -> float:
    return next((c.value for c in verdict.contributions if c.column == REGISTER), math.nan)
