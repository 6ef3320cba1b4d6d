"""The article classifier: one logistic regression for each kind of rewriting, whose odds add up.

A single classifier was worse: whatever it gained on one kind of rewriting it lost on another. So each kind has a
regression of its own against human copy, called its head. The odds of a rewrite are the sum of the heads' odds. Each
head may accuse a fixed share of human copy, because every share that one head gets is taken from the others.
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

from detector.manifest import Calibration, log_length
from detector.model import HUMAN
from features.language_model.word_kinds import COLUMNS as WORD_KINDS
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_phrasing

SYNONYMS, DICTIONARY, RULE_BASED = "synonyms", "dictionary", "rule_based"
"""Kinds of rewriting: spinners that swap words; the spinner with the list that circulates, which swaps phrases too; and
round trips through a translation engine that works by rules."""

LANGUAGE_MODEL, TRANSLATION = "language_model", "translation"
"""Kinds of rewriting: by language models, and by round trips through other translation engines."""

KINDS = frozenset({SYNONYMS, DICTIONARY, RULE_BASED, LANGUAGE_MODEL, TRANSLATION})

PENALTY = 0.1
"""Inverse strength of the ridge penalty, over columns of unit variance."""

PENALTIES = {SYNONYMS: 0.03}
"""The same of the head that must hold for spinners that nobody has met: columns that say nearly the same then share the
weight, where a weak penalty plays them against each other in ways that hold for the rewriters that were met alone."""

SHARE = 0.01
"""The highest-scoring share of human copy that is level with that of the main head: what a head may accuse."""

SHARES = {SYNONYMS: 0.02, RULE_BASED: 0.004}
"""The same of the main head, which is that of word swaps: the one that knows strangers; and of the head of translations by
rules, which loses least by a smaller share."""

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
        Each article's class: ``human`` or a kind of rewriting. A kind that is none of :data:`KINDS` sees every column.
    columns : sequence of str
        Names.
    seed : int
        Of the regressions.
    human : object
        The class that every other is told from.
    penalty : float, optional
        Inverse strength of the ridge penalty; by default as the shipped model has it, :data:`PENALTIES` and
        :data:`PENALTY`.
    balanced : bool
        Whether the two classes of a regression weigh the same, however many articles each has.
    sample_weight : ndarray, shape (articles,), optional
        Weights in the regressions. Filling, clipping and scaling count every article once.

    Returns
    -------
    Pipeline
        Its last step is a multinomial logistic regression in which human copy has no weights, and each kind the weights
        that its own two-class regression learnt.
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
    """The only kind of rewriting that a column is evidence of; "" for columns that every head sees.

    How other kinds of rewriter put words together says nothing of this one. Whether rare or common words are odd tells a
    translation by rules from human copy; the other heads only learn from it whose rewrites they have met.

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
        Of articles that the classifier was not fitted on.
    words : ndarray, shape (articles,)
        Lengths.
    spun : ndarray of bool, shape (articles,)
    balanced : bool
        Whether both classes weigh the same, however many articles each has.
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
    """One kind of rewriting against human copy, with the mean weighted sum of the human copy that it may accuse."""

    kind: Any
    weights: Floats
    intercept: float
    level: float


def _fitted(
    regression: LogisticRegression, table: Floats, rewritten: NDArray[np.bool_], weight: Floats | None
) -> tuple[Floats, float]:
    """Weights and intercept of one kind against human copy; without a column nothing can be told."""
    if not table.shape[1]:
        return np.zeros(0), 0.0
    regression.fit(table, rewritten, weight)
    return regression.coef_[0], float(regression.intercept_[0])


def _joined(heads: Sequence[_Head], human: object) -> LogisticRegression:
    """The heads as one multinomial regression: the main head stays as it is, and the others come level with it."""
    main = next((head for head in heads if head.kind == SYNONYMS), heads[0])
    weights = [head.weights for head in heads]
    intercepts = [main.level + main.intercept - head.level for head in heads]
    # Of two classes scikit-learn keeps the weights of the second alone.
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
    """Rows whose measured columns are clipped to all but the extreme :data:`_CLIPPED` of their values."""
    # A kind of rewriting that nobody is of leaves a column without a value.
    measured = ~np.isnan(rows).all(axis=0)
    clipped = rows.copy()
    low, high = np.nanquantile(rows[:, measured], [_CLIPPED, 1 - _CLIPPED], axis=0)
    clipped[:, measured] = np.clip(rows[:, measured], low, high)
    return clipped


def _level(scores: Floats, share: float) -> float:
    """Mean of the highest share of scores: steadier than a quantile, which hangs on one article."""
    most = max(1, round(share * len(scores)))
    return float(np.sort(scores)[-most:].mean())
