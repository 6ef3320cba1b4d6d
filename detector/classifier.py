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

PENALTY = 0.03
"""Inverse strength of the ridge penalty, over columns of unit variance."""

SHARES = {SYNONYMS: 0.02}
"""The highest-scoring share of human copy that is level with that of the other heads. The head of word swaps, which most
content farms make, gets most of what may be accused."""

SHARE = 0.0075
"""The same of every other head."""

NOT_FOR_SYNONYMS = "phrasing_"
"""Columns that begin so are kept from the head of word swaps: a swap leaves the common words alone."""

_CLIPPED = 0.002

Floats = NDArray[np.float64]


def fit_pipeline(
    rows: Floats, kinds: Sequence[str], columns: Sequence[str], *, seed: int, penalty: float = PENALTY
) -> Pipeline:
    """Fit the article classifier.

    The penalty is strong: columns that say nearly the same then share the weight, where a weak one plays them against
    each other in ways that hold for the rewriters that were met and for no others.

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
    common = np.array([not name.startswith(NOT_FOR_SYNONYMS) for name in columns])
    human = of == HUMAN
    weights, intercepts, levels = [], [], []
    for name in names:
        use = human | (of == name)
        seen = common if name == SYNONYMS and common.any() else np.ones(len(columns), bool)
        head = LogisticRegression(C=penalty, max_iter=5000, class_weight="balanced", random_state=seed)
        head.fit(table[use][:, seen], of[use] == name)
        own = np.zeros(len(columns))
        own[seen] = head.coef_[0]
        weights.append(own)
        intercepts.append(float(head.intercept_[0]))
        levels.append(_level(table[human] @ own + head.intercept_[0], SHARES.get(name, SHARE)))
    # The main head stays as it is, and the others come level with it.
    main = levels[names.index(SYNONYMS)] if SYNONYMS in names else 0.0
    shifted = [i + main - level for i, level in zip(intercepts, levels, strict=True)]
    classify = LogisticRegression(C=penalty, max_iter=5000, class_weight="balanced", random_state=seed)
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
