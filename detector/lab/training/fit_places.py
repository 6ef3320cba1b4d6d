"""The training stage that fits the two regressions of :mod:`detector.places`, on stories with known changes."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.lab.data.stories import Article
from detector.lab.spinners import Change, Spinner
from detector.lab.training.fit_word_model import RATES, labels
from detector.manifest import Calibration
from detector.model import Weights
from detector.places import FEWEST, sentence_inputs, word_inputs
from detector.rows import measurer_of
from detector.tabulate import tabulate
from features.document import Document


def fit_places(
    articles: Sequence[Article],
    tables: Path,
    spinners: Mapping[str, Spinner],
    weights: Weights,
    calibration: Calibration,
    grammar: str,
    seed: int,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coefficients ``(intercept, *slopes)`` of the regressions for words and for sentences.

    Parameters
    ----------
    articles : sequence of Article
        Human copy. Each article is measured twice: unchanged, and rewritten by a random spinner at a random rate.
    tables : Path
        Folder of the features' tables.
    weights, calibration
        Weights and calibration of the article classifier.
    grammar : str
        Name of the grammar checker.
    """
    names = sorted(spinners)
    texts: list[tuple[str, Sequence[Change]]] = []
    for article in articles:
        rng = random.Random(f"{seed} places {article.key}")
        made = spinners[rng.choice(names)].spin(article.text, rng, rng.choice(RATES))
        texts += [(article.text, ()), (made.text, made.changes)]
    measurer = measurer_of(tables, grammar)
    readings = [measurer.read(Document(text)) for text, _ in texts]
    rows = np.array([tabulate(measurer.measure(reading), list(measurer.columns)) for reading in readings])
    slope, intercept = calibration.at(np.array([len(reading.seen.words) for reading in readings], float))
    words, sentences, word_truth, sentence_truth = [], [], [], []
    log_odds = slope * weights.log_odds(rows) + intercept
    for (_, changes), reading, article_log_odds in zip(texts, readings, log_odds, strict=True):
        document, analysis = reading.seen, measurer.analyse(reading)
        truth = labels(document, analysis.windows, changes)
        words.append(word_inputs(analysis, article_log_odds))
        word_truth.append(truth)
        starts = np.array([document.tokens[i].start for i in analysis.windows.token], np.int64)
        for span in document.sentences:
            first, last = np.searchsorted(starts, [span.start, span.end])
            if last - first >= FEWEST:
                sentences.append(sentence_inputs(analysis.log_odds[first:last], article_log_odds))
                sentence_truth.append(bool(truth[first:last].any()))
    of_words = _fitted(np.concatenate(words), np.concatenate(word_truth))
    return of_words, _fitted(np.array(sentences), np.array(sentence_truth))


def _fitted(inputs: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, ...]:
    fitted = LogisticRegression(C=1e3, max_iter=5000).fit(inputs, truth)
    return (float(fitted.intercept_[0]), *(float(c) for c in fitted.coef_[0]))
