"""From word scores to marks and sentence scores, in the light of the whole article.

The same odd word is a mistake in a clean article and evidence in a spun one. Two small logistic regressions, fitted on
stories with known truth (:mod:`detector.lab.training.fit_places`), combine the log-odds of words and of the article.
One gives the weight of a mark, the other the probability of a sentence.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.verdict import FLAGGED, Label, SentenceScore
from features.document import Document
from features.feature import Evidence
from features.language_model.analysis import Analysis
from features.language_model.windows import INPUTS
from features.phrasing import Phrasing
from features.reader import Reader

MARK = 0.65
"""Weight from which an odd word is marked. It is clearly above 0.5, because an editor reads every mark."""

READ_MARK = 0.55
"""The same for an article that the reader has read, whose weights are better: at this one, 16 texts with known changes have
more of them marked and more marks right, and human copy has no more marks."""

CONTEXT = ("channel_same", "gain_same", "recurrence", "observed_lift")
"""Inputs of :mod:`features.language_model.windows` whose meaning differs between spun and clean articles."""

_CONTEXT = [INPUTS.index(name) for name in CONTEXT]
FEWEST = 3
_TOP = 3
_WIDEST = 10.0
"""Range of a word's log-odds: beyond it they say nothing more."""


def word_inputs(
    analysis: Analysis, article_log_odds: float, in_context: NDArray[np.floating] | None = None
) -> NDArray[np.float64]:
    """Return the inputs of the word regression, shape (words, 11), or (words, 13) with the reader's log-odds.

    These are the article's log-odds, and then the word's log-odds and its :data:`CONTEXT`, each alone and multiplied by
    the article's log-odds. For example, a word that recurs is the topic of a clean article and the habit of a spinner.
    ``in_context`` has the reader's log-odds of each word, shape (words,); they are used likewise.
    """
    article = np.clip(article_log_odds, -8, 8) / 8
    word = np.clip(np.asarray(analysis.log_odds, float), -_WIDEST, _WIDEST)[:, None]
    context = analysis.windows.inputs[:, _CONTEXT].astype(float)
    alone = np.hstack([word, context])
    if in_context is not None:
        alone = np.hstack([alone, np.clip(np.nan_to_num(in_context, nan=-_WIDEST), -_WIDEST, _WIDEST)[:, None]])
    return np.hstack([np.full_like(word, article), alone, alone * article])


def in_context(reader: Reader, document: Document, analysis: Analysis) -> NDArray[np.float64]:
    """Return the reader's log-odds of each word of an analysis, shape (words,); NaN for a word that it does not know."""
    words = np.array([span.start for span in document.words], np.int64)
    starts = document.bounds[analysis.windows.token, 0]
    odds = np.append(reader.log_odds(document).astype(np.float64), np.nan)
    at = np.searchsorted(words, starts)
    found = np.append(words, -1)[at] == starts
    return np.where(found, odds[at], np.nan)


def sentence_inputs(word_log_odds: NDArray[np.floating], article_log_odds: float) -> NDArray[np.float64]:
    """Return the sentence regression's inputs, shape (3,): highest word log-odds, mean of the top three, article's."""
    ordered = np.sort(np.asarray(word_log_odds, float))[: -_TOP - 1 : -1]
    top = np.minimum(np.maximum(ordered, -10.0), 10.0).tolist()
    return np.array([top[0], sum(top) / len(top), min(max(article_log_odds, -8.0), 8.0)])


def logistic(inputs: NDArray[np.float64], coefficients: Sequence[float]) -> NDArray[np.float64]:
    """Return probabilities of a logistic regression ``(intercept, *slopes)`` over the last axis of the inputs."""
    score = inputs @ np.asarray(coefficients[1:]) + coefficients[0]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(score, -30, 30))))


def logit_of(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-odds of probabilities between 0 and 1."""
    return np.asarray(np.log(probability) - np.log1p(-probability))


def weigh(evidence: Iterable[Evidence], feature: str, weights: Mapping[int, float]) -> list[Evidence]:
    """Reweight the marks of one feature, whose weights are probabilities of words alone, for this article.

    ``weights`` has the word weights by start, ascending. A phrase gets the weight of its strongest word. Marks under
    :data:`MARK` are dropped. Marks of other features stay as they are.
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


def standing(evidence: Iterable[Evidence], label: Label) -> list[Evidence]:
    """Drop the marks of phrase patterns unless the article is flagged.

    Such phrases are good English. They explain an accusation, and alone they give an editor nothing to mend.
    """
    return [mark for mark in evidence if label in FLAGGED or mark.feature != Phrasing.name]


def settle(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Keep one mark per place, in order of position. Of overlapping marks, the strongest with a likely original wins.

    >>> from features.document import Span
    >>> pair = Evidence("ngram_oddity", Span(0, 12), "never meet", (), 0.6)
    >>> word = Evidence("odd_synonyms", Span(0, 8), "odd word", ("agreed",), 0.5)
    >>> [e.feature for e in settle([pair, word])]
    ['odd_synonyms']
    """
    kept: list[Evidence] = []  # in order of position, without overlaps
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
    """Return the probability of each sentence; NaN for sentences of under three words.

    A sentence was rewritten only if the article was. So no sentence is more probable than the article.

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
        # The logistic function of the article's log-odds.
        of_article = logistic(np.array([article_log_odds]), (0.0, 1.0))
        probability[long] = np.minimum(logistic(np.array(inputs), coefficients), of_article)
    return tuple(SentenceScore(span, round(p, 4)) for span, p in zip(spans, probability.tolist(), strict=True))
