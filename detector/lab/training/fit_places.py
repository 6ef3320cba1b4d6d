"""The training stage that fits the two regressions of :mod:`detector.places`, on stories with known changes."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.lab.data.stories import Article
from detector.lab.spinners import Change, Spinner
from detector.lab.training.fit_word_model import RATES, labels
from detector.places import FEWEST, in_context, logistic, logit_of, sentence_inputs, word_inputs
from detector.rows import measurer_of
from detector.tabulate import tabulate
from features.document import Document
from features.reader import Reader


def fit_places(
    articles: Sequence[Article],
    tables: Path,
    spinners: Mapping[str, Spinner],
    score: Callable[[NDArray[np.float64], int], float],
    grammar: str,
    seed: int,
    reader: Reader | None = None,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coefficients ``(intercept, *slopes)`` of the regressions for words and for sentences.

    Parameters
    ----------
    articles : sequence of Article
        Human copy. Each article is measured twice: unchanged, and rewritten by a random spinner at a random rate.
    score : callable
        ``score(row, words)`` gives the calibrated log-odds of an article of so many words.
    reader : Reader, optional
        Its columns follow the others in a row, and its log-odds of words join those of the word model.
    """
    names = sorted(spinners)
    texts: list[tuple[str, Sequence[Change]]] = []
    for article in articles:
        rng = random.Random(f"{seed} places {article.key}")
        made = spinners[rng.choice(names)].spin(article.text, rng, rng.choice(RATES))
        texts += [(article.text, ()), (made.text, made.changes)]
    measurer = measurer_of(tables, grammar)
    columns = [*measurer.columns, *(() if reader is None else (column.name for column in reader.columns))]
    own = [] if reader is None else [reader]
    words, read, word_truth = [], [], []
    for text, changes in texts:
        reading = measurer.read(Document(text))
        document, analysis = reading.seen, measurer.analyse(reading)
        row = tabulate([*measurer.measure(reading), *(r.measure(document) for r in own)], columns)
        log_odds = score(row, len(document.words))
        of_reader = None if reader is None else in_context(reader, document, analysis)
        words.append(word_inputs(analysis, log_odds, of_reader))
        word_truth.append(labels(document, analysis.windows, changes))
        read.append((document, analysis, log_odds))
    word = _fitted(np.concatenate(words), np.concatenate(word_truth))
    sentences, sentence_truth = [], []
    for (document, analysis, of_article), inputs, truth in zip(read, words, word_truth, strict=True):
        of_words_here = analysis.log_odds if reader is None else logit_of(logistic(inputs, word))
        starts = np.array([document.tokens[i].start for i in analysis.windows.token], np.int64)
        for span in document.sentences:
            first, last = np.searchsorted(starts, [span.start, span.end])
            if last - first >= FEWEST:
                sentences.append(sentence_inputs(of_words_here[first:last], of_article))
                sentence_truth.append(bool(truth[first:last].any()))
    return word, _fitted(np.array(sentences), np.array(sentence_truth))


def _fitted(inputs: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, ...]:
    fitted = LogisticRegression(C=1e3, max_iter=5000).fit(inputs, truth)
    return (float(fitted.intercept_[0]), *(float(c) for c in fitted.coef_[0]))
