"""The article classifier: a head for each kind of rewriting, whose odds add up.

One head for everything was tried, and what it learnt of round trips and language models it took from light word swaps.
So each kind has a logistic regression of its own against human copy, and the odds of a rewrite are the sum of the kinds'
odds: an article is held by the head that knows it. What a head may accuse of human copy is set beforehand, because every
share that one head gets is taken from the others.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from detector.model import HUMAN
from detector.rewrites import SYNONYMS
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_column

PENALTY = 0.1
"""Inverse strength of the ridge penalty, over columns of unit variance."""

PENALTIES = {SYNONYMS: 0.03}
"""The same of the head that must hold for spinners that nobody has met: columns that say nearly the same then share the
weight, where a weak penalty plays them against each other in ways that hold for the rewriters that were met alone."""

SHARE = 0.01
"""The highest-scoring share of human copy that is level with that of the main head: what a head may accuse."""

SHARES = {SYNONYMS: 0.02}
"""The same of the main head, which is that of word swaps: the one that knows strangers."""

_CLIPPED = 0.002

Floats = NDArray[np.float64]


def fit_pipeline(rows: Floats, kinds: Sequence[str], columns: Sequence[str], *, seed: int) -> Pipeline:
    """Fit the article classifier.

    Parameters
    ----------
    rows : ndarray, shape (articles, columns)
    kinds : sequence of str
        Each article's class: :data:`~detector.model.HUMAN` or a kind of rewriting.
    columns : sequence of str
        Names.

    Returns
    -------
    Pipeline
        Its last step is a multinomial logistic regression in which human copy has no weights, and each kind the weights
        that its own two-class regression learnt.
    """
    of = np.asarray(kinds)
    names = sorted({*kinds} - {HUMAN})
    # A kind of rewriting that nobody is of leaves a column without a value.
    measured = ~np.isnan(rows).all(axis=0)
    low, high = np.nanquantile(rows[:, measured], [_CLIPPED, 1 - _CLIPPED], axis=0)
    clipped = rows.copy()
    clipped[:, measured] = np.clip(rows[:, measured], low, high)
    prepare = Pipeline(
        [
            ("fill", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("clip", MinMaxScaler(clip=True)),
            ("scale", StandardScaler()),
        ]
    )
    table = prepare.fit_transform(clipped)
    about = [kind_of_column(name) if name.startswith(Phrasing.name) else "" for name in columns]
    human = of == HUMAN
    weights, intercepts, levels = [], [], []
    for name in names:
        use = human | (of == name)
        # How other kinds of rewriter put words together is not evidence of this one.
        seen = np.array([kind in {"", name} for kind in about])
        penalty = PENALTIES.get(name, PENALTY)
        head = LogisticRegression(C=penalty, max_iter=5000, class_weight="balanced", random_state=seed)
        own = np.zeros(len(columns))
        if seen.any():
            own[seen] = head.fit(table[use][:, seen], of[use] == name).coef_[0]
        weights.append(own)
        levels.append(_level(table[human] @ own, SHARES.get(name, SHARE)))
        intercepts.append(float(head.intercept_[0]) if seen.any() else 0.0)
    # The main head stays as it is, and the others come level with it.
    at = names.index(SYNONYMS) if SYNONYMS in names else 0
    main = levels[at] + intercepts[at]
    shifted = [main - level for level in levels]
    classify = LogisticRegression()
    classify.classes_ = np.array([HUMAN, *names])
    # Of two classes scikit-learn keeps the weights of the second alone.
    classify.coef_ = np.array(weights if len(names) == 1 else [np.zeros(len(columns)), *weights])
    classify.intercept_ = np.array(shifted if len(names) == 1 else [0.0, *shifted])
    classify.n_features_in_ = len(columns)
    classify.n_iter_ = np.zeros(1, np.int32)
    return Pipeline([*prepare.steps, ("classify", classify)])


def _level(scores: Floats, share: float) -> float:
    """Mean of the highest share of scores: steadier than a quantile, which hangs on one article."""
    most = max(1, round(share * len(scores)))
    return float(np.sort(scores)[-most:].mean())
