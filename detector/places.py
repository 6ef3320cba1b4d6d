"""From words to marks and sentences, in the light of the whole article.

The same odd word is a slip of the pen in a clean article and a fingerprint in a spun one. Two small logistic
regressions, fitted on stories with known truth (:mod:`detector.training`), combine the log-odds of words with those of
the article: one gives the weight of a mark, the other the probability of a sentence.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.verdict import SentenceScore
from features.document import Document
from features.feature import Evidence

MARK = 0.5
"""Weight from which an odd word is marked: more likely put there than not."""

_FEWEST = 3
_TOP = 3


def word_inputs(word_log_odds: NDArray[np.floating], article_log_odds: float) -> NDArray[np.float64]:
    """Inputs of the word regression, shape (words, 3): the word's log-odds, the article's, and their product."""
    word = np.clip(np.asarray(word_log_odds, float), -10, 10)
    article = np.full(len(word), np.clip(article_log_odds, -8, 8))
    return np.stack([word, article, word * article / 8], axis=1)


def sentence_inputs(word_log_odds: NDArray[np.floating], article_log_odds: float) -> NDArray[np.float64]:
    """Inputs of the sentence regression, shape (3,): highest word log-odds, mean of the top three, the article's."""
    ordered = np.sort(np.asarray(word_log_odds, float))[: -_TOP - 1 : -1]
    top = np.minimum(np.maximum(ordered, -10.0), 10.0).tolist()
    return np.array([top[0], sum(top) / len(top), min(max(article_log_odds, -8.0), 8.0)])


def logistic(inputs: NDArray[np.float64], coefficients: Sequence[float]) -> NDArray[np.float64]:
    """Probabilities of a logistic regression given as ``(intercept, *slopes)``, over the last axis of the inputs."""
    score = inputs @ np.asarray(coefficients[1:]) + coefficients[0]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(score, -30, 30))))


def weigh(
    evidence: Iterable[Evidence], feature: str, coefficients: Sequence[float], article_log_odds: float
) -> list[Evidence]:
    """Give the marks of one feature, whose weights are probabilities of words alone, their weight in this article.

    Marks that fall under :data:`MARK` go; marks of other features stay as they are.
    """
    marks = list(evidence)
    own = [i for i, mark in enumerate(marks) if mark.feature == feature]
    alone = np.clip([marks[i].weight for i in own], 1e-4, 1 - 1e-4)
    weights = logistic(word_inputs(np.log(alone / (1 - alone)), article_log_odds), coefficients)
    weight_of = dict(zip(own, weights.tolist(), strict=True))
    return [
        replace(mark, weight=round(weight_of[i], 4)) if i in weight_of else mark
        for i, mark in enumerate(marks)
        if weight_of.get(i, MARK) >= MARK
    ]


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
    long = np.flatnonzero(last - first >= _FEWEST)
    probability = np.full(len(spans), np.nan)
    if len(long):
        inputs = [sentence_inputs(word_log_odds[first[i] : last[i]], article_log_odds) for i in long]
        probability[long] = logistic(np.array(inputs), coefficients)
    return tuple(SentenceScore(span, round(p, 4)) for span, p in zip(spans, probability.tolist(), strict=True))
