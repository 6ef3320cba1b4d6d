"""Simpler methods as baselines, trained and tested on the same texts."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from joblib import Parallel, delayed
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import LinearSVC

from detector.lab.evaluation.intervals import Floats

Scores = Callable[[Sequence[str]], Floats]

SURPRISE = "ngram_surprise"
"""Prefix of the column that serves as perplexity."""


class _Classifier(Protocol):
    def decision_function(self, texts: Sequence[str]) -> Floats: ...


def tfidf(texts: Sequence[str], spun: Sequence[bool]) -> Scores:
    """TF-IDF of unigrams and bigrams, and logistic regression."""
    return _scores(
        make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, max_features=200_000),
            LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced"),
        ).fit(texts, spun)
    )


def averaged_vectors(texts: Sequence[str], spun: Sequence[bool], *, seed: int) -> Scores:
    """Averaged word vectors and a linear SVM: the published classical method.

    The vectors come from a truncated SVD of the TF-IDF matrix of the same texts. An article is the weighted mean of its
    words' vectors. Pretrained vectors would need a download.
    """
    return _scores(
        make_pipeline(
            TfidfVectorizer(min_df=3, sublinear_tf=True, max_features=50_000),
            TruncatedSVD(100, random_state=seed),
            Normalizer(),
            LinearSVC(C=1.0, class_weight="balanced", random_state=seed),
        ).fit(texts, spun)
    )


def _scores(fitted: _Classifier) -> Scores:
    return lambda texts: np.asarray(fitted.decision_function(texts), float)


def texthumanize(*, jobs: int) -> Scores | None:
    """The detector of the package texthumanize, which needs about a second for a text; None if it is not installed."""
    if find_spec("texthumanize") is None:
        return None

    def score(texts: Sequence[str]) -> Floats:
        return np.array(Parallel(n_jobs=jobs)(delayed(_texthumanized)(text) for text in texts))

    return score


def _texthumanized(text: str) -> float:
    import texthumanize as package  # type: ignore[import-not-found, unused-ignore]

    answer: Any = package.detect_ai(text, lang="en")
    return float(answer["score"] if isinstance(answer, dict) else answer.score)
