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
from features import ALL, SWAPPED
from features.feature import Evidence
from features.odd_synonyms import like
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
"""The note of a verdict that was lowered from ``spun`` to ``suspect``, because it has few marks and they do not explain it."""

FEW_MARKS = "Fewer than five marked words explain the score. That is not enough to call it spun."
"""The note of a verdict that was lowered from ``spun`` to ``suspect``, because few marks explain it."""

EXPLAIN_LITTLE = (
    "The pattern of the whole text speaks against it, and its marked words explain too little of that. "
    "That is not enough to call it spun."
)
"""The note of a verdict that was lowered from ``spun`` to ``suspect``, because its marks explain less than half."""

UNLIKE_NEWS = (
    "The text is not made like news, and only news has been measured: however high its probability, "
    "it is called no more than suspect."
)
"""The note of a verdict that was lowered for the register of its text."""

PATTERN_UNLIKE_NEWS = (
    "The pattern of the whole text is odd, but no single words explain that. The text is not made like news, "
    "and patterns have been measured in news only."
)
"""The note of a verdict that was lowered from ``suspect`` to ``clean``."""

_WITH_ORIGINALS = frozenset(feature.name for feature in ALL if feature.marks in SWAPPED)

# Probabilities nearer to 1 cannot be told from 1.
_HIGHEST = 36.0


def explain(verdict: Verdict, log_odds: Callable[[str], float], news_floor: float) -> Verdict:
    """Return the verdict with what its marks explain, and with a lower label where they explain too little for it.

    Parameters
    ----------
    verdict : Verdict
        Labelled by its probability alone.
    log_odds : callable
        Calibrated log-odds of a text; minus infinity if it is too short to be judged.
    news_floor : float
        Log-odds of being written like news below which nothing has been measured. There only overwhelming evidence
        accuses, and a pattern without marks is a sign only from the threshold of ``spun``.
    """
    if not verdict.flagged:
        return verdict
    article_log_odds = min(logit(verdict.probability), _HIGHEST)
    marks = with_originals(verdict)
    mended = log_odds(mend(verdict.text, marks)) if marks else article_log_odds
    explained = _share(article_log_odds, mended)
    borne_out = len(marks) >= FEWEST_MARKS and explained >= SHARE
    like_news = not _news(verdict) < news_floor
    spun = verdict.label is Label.SPUN
    if not (spun or like_news or borne_out):
        return _lowered(verdict, Label.CLEAN, PATTERN_UNLIKE_NEWS)
    verdict = replace(verdict, mended_probability=expit(mended))
    overwhelming = borne_out and article_log_odds >= OVERWHELMING and mended < logit(verdict.suspect_threshold)
    if spun and not (like_news or overwhelming):
        return _lowered(verdict, Label.SUSPECT, UNLIKE_NEWS)
    if spun and not borne_out:
        few = FEW_MARKS if explained >= SHARE else PATTERN_ONLY
        return _lowered(verdict, Label.SUSPECT, few if len(marks) < FEWEST_MARKS else EXPLAIN_LITTLE)
    if not marks:
        return verdict
    wording = heaviest(verdict.text, marks)
    without = mended if len(wording) == len(marks) else log_odds(mend(verdict.text, wording))
    if _share(article_log_odds, without) <= SHARE:
        return verdict
    start, end = wording[0].span
    note = f"One wording, “{visible(verdict.text[start:end])}”, explains most of the score."
    return _lowered(verdict, Label.SUSPECT, f"{note} One is not enough to call it spun." if spun else note)


def with_originals(verdict: Verdict) -> list[Evidence]:
    """Return the marks that propose a likely original. Corrections of grammar, and marks of your own features, are none."""
    return [mark for mark in verdict.evidence if mark.expected and mark.feature in _WITH_ORIGINALS]


def _share(log_odds: float, without: float) -> float:
    """Return the share of an article's log-odds that goes with some marks; 0 if nothing speaks for a rewrite.

    >>> _share(6.0, 1.5), _share(6.0, -2.0) > 1, _share(-0.5, -3.0)
    (0.75, True, 0.0)
    """
    return (log_odds - without) / log_odds if log_odds > 0 else 0.0


def _lowered(verdict: Verdict, label: Label, note: str) -> Verdict:
    return replace(verdict, label=label, note=" ".join(filter(None, (verdict.note, note))))


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
        parts += [text[at:start], like(text[start:end], mark.expected[0])]
        at = end
    return "".join((*parts, text[at:]))


def heaviest(text: str, marks: Sequence[Evidence]) -> list[Evidence]:
    """Return the marks of the wording with the largest sum of weights. Case is ignored."""
    of: defaultdict[str, list[Evidence]] = defaultdict(list)
    for mark in marks:
        of[text[mark.span.start : mark.span.end].casefold()].append(mark)
    return max(of.values(), key=lambda own: math.fsum(mark.weight for mark in own))


def _news(verdict: Verdict) -> float:
    return next((c.value for c in verdict.contributions if c.column == REGISTER), math.nan)
