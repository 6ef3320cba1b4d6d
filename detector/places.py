"""From words to marks and sentences, in the light of the whole article.

The same odd word is a slip of the pen in a clean article and a fingerprint in a spun one. Two small logistic
regressions, fitted on stories with known truth (:mod:`detector.lab.training.fit_places`), combine the log-odds of words with
those of the article: one gives the weight of a mark, the other the probability of a sentence.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.verdict import SentenceScore
from features.document import Document
from features.feature import Evidence
from features.language_model.analysis import Analysis
from features.language_model.windows import INPUTS

MARK = 0.65
"""Weight from which an odd word is marked: clearly more likely put there than not; an editor reads every mark."""

CONTEXT = ("channel_same", "gain_same", "recurrence", "observed_lift")
"""Inputs of :mod:`features.language_model.windows` that mean something else in a spun article than in a clean one."""

_CONTEXT = [INPUTS.index(name) for name in CONTEXT]
FEWEST = 3
_TOP = 3


def word_inputs(analysis: Analysis, article_log_odds: float) -> NDArray[np.float64]:
    """Inputs of the word regression, shape (words, 11).

    The article's log-odds; then the word's own log-odds and what :data:`CONTEXT` names of its windows, each alone and
    times the article's log-odds: a word that recurs is the subject of a clean article, and the habit of a spinner.
    """
    article = np.clip(article_log_odds, -8, 8) / 8
    word = np.clip(np.asarray(analysis.log_odds, float), -10, 10)[:, None]
    context = analysis.windows.inputs[:, _CONTEXT].astype(float)
    alone = np.hstack([word, context])
    return np.hstack([np.full_like(word, article), alone, alone * article])


def sentence_inputs(word_log_odds: NDArray[np.floating], article_log_odds: float) -> NDArray[np.float64]:
    """Inputs of the sentence regression, shape (3,): highest word log-odds, mean of the top three, the article's."""
    ordered = np.sort(np.asarray(word_log_odds, float))[: -_TOP - 1 : -1]
    top = np.minimum(np.maximum(ordered, -10.0), 10.0).tolist()
    return np.array([top[0], sum(top) / len(top), min(max(article_log_odds, -8.0), 8.0)])


def logistic(inputs: NDArray[np.float64], coefficients: Sequence[float]) -> NDArray[np.float64]:
    """Probabilities of a logistic regression given as ``(intercept, *slopes)``, over the last axis of the inputs."""
    score = inputs @ np.asarray(coefficients[1:]) + coefficients[0]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(score, -30, 30))))


def weigh(evidence: Iterable[Evidence], feature: str, weights: Mapping[int, float]) -> list[Evidence]:
    """Give the marks of one feature, whose weights are probabilities of words alone, their weight in this article.

    ``weights`` holds them by the code point where the word begins, ascending; a phrase has that of its weightiest word.
    Marks that fall under :data:`MARK` go; marks of other features stay as they are.
    """
    result = []
    starts = list(weights)
    for mark in evidence:
        if mark.feature != feature:
            result.append(mark)
            continue
        words = starts[bisect_left(starts, mark.span.start) : bisect_left(starts, mark.span.end)]
        weight = max((weights[start] for start in words), default=0.0)
        if weight >= MARK:
            result.append(replace(mark, weight=round(weight, 4)))
    return result


def settle(evidence: Iterable[Evidence]) -> list[Evidence]:
    """One mark for one place, in order of position: of marks that overlap, the heaviest with a proposal stays.

    >>> from features.document import Span
    >>> pair = Evidence("ngram_oddity", Span(0, 12), "never meet", (), 0.6)
    >>> word = Evidence("odd_synonyms", Span(0, 8), "odd word", ("agreed",), 0.5)
    >>> [e.feature for e in settle([pair, word])]
    ['odd_synonyms']
    """
    kept: list[Evidence] = []  # in order of position, apart from each other
    for mark in sorted(evidence, key=lambda e: (not e.expected, -e.weight, e.span)):
        at = bisect_left(kept, mark.span.end, key=lambda e: e.span.start)
        if not at or kept[at - 1].span.end <= mark.span.start:
            kept.insert(at, mark)
    return kept


def score_sentences(
    document: Document,
    starts: NDArray[np.int64],
    word_log_odds: NDArray[np.floating],
    coefficients: Sequence[float],
    article_log_odds: float,
) -> tuple[SentenceScore, ...]:
    """The probability of each sentence; NaN under three words.

    Parameters
    ----------
    starts : ndarray of int64, shape (words,)
        First code point of each scored word, ascending.
    word_log_odds : ndarray, shape (words,)
    """
    spans = document.sentences
    first = np.searchsorted(starts, [span.start for span in spans])
    last = np.searchsorted(starts, [span.end for span in spans])
    long = np.flatnonzero(last - first >= FEWEST)
    probability = np.full(len(spans), np.nan)
    if len(long):
        inputs = [sentence_inputs(word_log_odds[first[i] : last[i]], article_log_odds) for i in long]
        probability[long] = logistic(np.array(inputs), coefficients)
    return tuple(SentenceScore(span, round(p, 4)) for span, p in zip(spans, probability.tolist(), strict=True))
