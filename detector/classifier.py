"""The article classifier: one logistic regression for each kind of rewriting, whose odds add up.

A single classifier was worse: whatever it gained on one kind of rewriting it lost on another. So each kind has a
regression of its own against human copy, called its head. The odds of a rewrite are the sum of the heads' odds. Each
head may flag a fixed share of human copy, because a larger share for one head leaves less for the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from detector.calibration import Calibration, log_length
from detector.model import HUMAN
from features.language_model.word_kinds import COLUMNS as WORD_KINDS
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_phrasing

SYNONYMS, DICTIONARY, RULE_BASED = "synonyms", "dictionary", "rule_based"
"""Kinds of rewriting: spinners that replace words; the spinner with the most widespread list, which also replaces
phrases; and translation into another language and back by a rule-based engine."""

LANGUAGE_MODEL, TRANSLATION = "language_model", "translation"
"""Kinds of rewriting: by language models, and by translation and back with other engines."""

KINDS = frozenset({SYNONYMS, DICTIONARY, RULE_BASED, LANGUAGE_MODEL, TRANSLATION})

PENALTY = 0.1
"""Inverse strength of the ridge penalty, over columns of unit variance."""

PENALTIES = {SYNONYMS: 0.03}
"""The same for the main head, which must also detect spinners that it was not trained on. A strong penalty spreads
weight over similar columns. A weak one sets them against each other, which fits only rewriters of the training set."""

SHARE = 0.01
"""Share of human copy that a head may flag. The mean score of this top share is aligned with the main head's."""

SHARES = {SYNONYMS: 0.02, RULE_BASED: 0.004}
"""The same for two heads. The main head (replaced words) gets more, as it detects unknown rewriters. The head of
rule-based translation loses least by a smaller share."""

_CLIPPED = 0.002
_OF_WORD_KINDS = frozenset(column.name for column in WORD_KINDS)

Floats = NDArray[np.float64]


def fit_pipeline(
    rows: Floats,
    kinds: Sequence[object],
    columns: Sequence[str],
    *,
    seed: int,
    human: object = HUMAN,
    penalty: float | None = None,
    balanced: bool = True,
    sample_weight: Floats | None = None,
) -> Pipeline:
    """Fit the article classifier.

    Parameters
    ----------
    rows : ndarray, shape (articles, columns)
    kinds : sequence
        Each article's class: ``human`` or a kind of rewriting. A kind outside :data:`KINDS` uses every column.
    human : object
        The class that all others are compared with.
    penalty : float, optional
        Inverse strength of the ridge penalty; by default that of the shipped model (:data:`PENALTIES`,
        :data:`PENALTY`).
    balanced : bool
        Whether both classes of a regression have the same total weight.
    sample_weight : ndarray, shape (articles,), optional
        Weights in the regressions. Imputation, clipping and scaling count every article once.

    Returns
    -------
    Pipeline
        Its last step is a multinomial logistic regression. Human copy has zero weights, and each kind has the weights
        of its own two-class regression.
    """
    of = np.asarray(kinds)
    names = [name for name in np.unique(of).tolist() if name != human]
    prepare = Pipeline(
        [
            ("fill", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("clip", MinMaxScaler(clip=True)),
            ("scale", StandardScaler()),
        ]
    )
    table = prepare.fit_transform(_without_extremes(rows))
    about = [kind_of_column(name) for name in columns]
    heads = []
    for name in names:
        seen = np.array([name not in KINDS or kind in {"", name} for kind in about], bool)
        use = (of == human) | (of == name)
        regression = LogisticRegression(
            C=penalty or PENALTIES.get(name, PENALTY),
            max_iter=5000,
            class_weight="balanced" if balanced else None,
            random_state=seed,
        )
        weight = None if sample_weight is None else sample_weight[use]
        weights, intercept = _fitted(regression, table[use][:, seen], of[use] == name, weight)
        own = np.zeros(len(columns))
        own[seen] = weights
        heads.append(_Head(name, own, intercept, _level(table[of == human] @ own, SHARES.get(name, SHARE))))
    return Pipeline([*prepare.steps, ("classify", _joined(heads, human))])


def kind_of_column(column: str) -> str:
    """Return the only kind of rewriting whose head uses a column, or "" if every head uses it.

    How other kinds combine words says nothing about this kind. Whether the rare or the common words are odd separates
    rule-based translation from human copy. From these columns the other heads would only learn their training
    rewriters.

    >>> kind_of_column("phrasing_translation_log_odds"), kind_of_column("odd_words_rare_per_1000_words")
    ('translation', 'rule_based')
    >>> kind_of_column("odd_synonyms_mean_probability")
    ''
    """
    if column.startswith(Phrasing.name):
        return kind_of_phrasing(column)
    return RULE_BASED if column in _OF_WORD_KINDS else ""


def calibrate(
    log_odds: Floats,
    words: Floats,
    spun: NDArray[np.bool_],
    *,
    balanced: bool = True,
    sample_weight: Floats | None = None,
) -> Calibration:
    """Fit Platt's logistic calibration, with slope and intercept linear in log length.

    Parameters
    ----------
    log_odds : ndarray, shape (articles,)
        Log-odds of articles that the classifier was not fitted on.
    words : ndarray, shape (articles,)
        Lengths in words.
    spun : ndarray of bool, shape (articles,)
    balanced : bool
        Whether both classes have the same total weight.
    sample_weight : ndarray, shape (articles,), optional
    """
    length = log_length(words)
    inputs = np.stack([log_odds, log_odds * length, length], axis=1)
    fitted = LogisticRegression(C=1e4, max_iter=2000, class_weight="balanced" if balanced else None).fit(
        inputs, spun, sample_weight
    )
    slope, length_slope, length_intercept = (float(c) for c in fitted.coef_[0])
    return Calibration(slope, float(fitted.intercept_[0]), length_slope, length_intercept)


@dataclass(frozen=True)
class _Head:
    """One kind of rewriting against human copy. ``level`` is the mean score of the human copy that it may flag."""

    kind: Any
    weights: Floats
    intercept: float
    level: float


def _fitted(
    regression: LogisticRegression, table: Floats, rewritten: NDArray[np.bool_], weight: Floats | None
) -> tuple[Floats, float]:
    """Fit weights and intercept of one kind against human copy; zeros if there are no columns."""
    if not table.shape[1]:
        return np.zeros(0), 0.0
    regression.fit(table, rewritten, weight)
    return regression.coef_[0], float(regression.intercept_[0])


def _joined(heads: Sequence[_Head], human: object) -> LogisticRegression:
    """Join the heads into one multinomial regression. The intercepts align the other heads with the main head."""
    main = next((head for head in heads if head.kind == SYNONYMS), heads[0])
    weights = [head.weights for head in heads]
    intercepts = [main.level + main.intercept - head.level for head in heads]
    # With two classes, scikit-learn keeps only the weights of the second.
    if len(heads) > 1:
        weights, intercepts = [np.zeros_like(main.weights), *weights], [0.0, *intercepts]
    joined = LogisticRegression()
    joined.classes_ = np.array([human, *(head.kind for head in heads)])
    joined.coef_ = np.array(weights)
    joined.intercept_ = np.array(intercepts)
    joined.n_features_in_ = len(main.weights)
    joined.n_iter_ = np.zeros(1, np.int32)
    return joined


def _without_extremes(rows: Floats) -> Floats:
    """Clip each column to all but the extreme :data:`_CLIPPED` of its values."""
    # A column is all NaN if the texts have no example of its kind of rewriting.
    measured = ~np.isnan(rows).all(axis=0)
    clipped = rows.copy()
    low, high = np.nanquantile(rows[:, measured], [_CLIPPED, 1 - _CLIPPED], axis=0)
    clipped[:, measured] = np.clip(rows[:, measured], low, high)
    return clipped


def _level(scores: Floats, share: float) -> float:
    """Mean of the highest share of scores. It is more stable than a quantile, which depends on one article."""
    most = max(1, round(share * len(scores)))
    return float(np.sort(scores)[-most:].mean())
