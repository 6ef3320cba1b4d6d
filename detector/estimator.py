"""scikit-learn estimators: a classifier of raw texts, and each feature as a transformer.

Both take a list, array or Series of texts, one article each. They measure as :class:`detector.checker.Checker` does,
with the tables of the package. Neither holds tables: a pickled estimator has a few kilobytes. Worker processes open the
tables as memory maps, of which the system keeps one copy.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, column_or_1d

from detector.calibration import Calibration
from detector.checker import refuse_books
from detector.classifier import calibrate, fit_pipeline
from detector.model import HUMAN, logit
from detector.rows import BATCH, Judged, Rows, Wanted, chosen_columns, judge_texts, measure_texts
from detector.verdict import Label
from features.document import Document
from features.feature import Column

SPUN = Label.SPUN.value

_FOLDS = 5


class FeatureTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Turns texts into the numbers that unspin's features measure.

    There is nothing to fit. NaN means "cannot be measured here": follow it with an imputer or an estimator that accepts
    NaN.

    Parameters
    ----------
    features : str, Feature, or sequence of them, optional
        Names of features (``"odd_synonyms"``, ``"attribution"``, ...), by default all. A feature of your own is passed
        as an object, and its columns come last.
    grammar : {"harper", "languagetool", "none"}
        The grammar checker. With ``"none"`` the grammar columns are NaN.
    n_jobs : int, optional
        Worker processes, as everywhere in scikit-learn. Workers share the tables.

    Examples
    --------
    >>> FeatureTransformer("articles").get_feature_names_out().tolist()
    ['an_before_consonant_per_1000_words']
    """

    def __init__(self, features: Wanted = None, *, grammar: str = "harper", n_jobs: int | None = None) -> None:
        self.features = features
        self.grammar = grammar
        self.n_jobs = n_jobs

    def fit(self, X: Iterable[str], y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's signature
        """Check that ``X`` holds texts. There is nothing to fit."""
        texts_of(X)
        return self

    def transform(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Measure texts.

        Parameters
        ----------
        X : list, array or Series of str, shape (n_samples,)

        Returns
        -------
        ndarray of shape (n_samples, n_columns)
            Columns as in :meth:`get_feature_names_out`; a data frame after ``set_output(transform="pandas")``.

        Raises
        ------
        ValueError
            If ``X`` does not hold texts, or a feature's name is unknown.
        """
        return self.measure(X).values

    def measure(self, X: Iterable[str]) -> Rows:
        """Measure as :meth:`transform` does, and also return each text's length and whether unspin would judge it.

        Raises
        ------
        ValueError
            As :meth:`transform` does.
        """
        return measure_texts(texts_of(X), grammar=self.grammar, features=self.features, jobs=self.n_jobs)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Name, unit, range and meaning of each column of the matrix."""
        return chosen_columns(self.features)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002 - one input: the text
        """Names of the columns, each with its unit, shape (n_columns,)."""
        return np.array([column.name for column in self.columns], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return _takes_texts(tags)


class Detector(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Separates human copy from machine rewrites.

    It is *pretrained*: without :meth:`fit` it uses the embedded model. Its classes are then ``"human"`` and ``"spun"``.
    :meth:`predict` accuses like ``unspin check``, only from the threshold for a stated false positive rate.

    :meth:`fit` trains the same kind of classifier on your texts and classes: one regression for each kind of rewriting
    against human copy, and a calibration by length. It uses the same features and tables.

    A text that ``unspin check`` does not judge (too short or not English) never gets a class. :meth:`predict` returns
    the check's label, ``"too_short"`` or ``"not_english"``. :meth:`predict_proba` and :meth:`decision_function` return
    NaN.

    Parameters
    ----------
    features : str, Feature, or sequence of them, optional
        The features for :meth:`fit`, as in :class:`FeatureTransformer`. The embedded model has its own columns.
    C : float, optional
        Inverse strength of the ridge penalty in :meth:`fit`; by default as in the embedded model.
    class_weight : dict, "balanced" or None
        Weight of each class in :meth:`fit`, as in :class:`sklearn.linear_model.LogisticRegression`.
    n_jobs : int, optional
        Worker processes that measure texts. Workers share the tables.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        ``["human", "spun"]`` before :meth:`fit`, then the labels seen there.
    human_ : object
        The class that the others are compared with: ``"human"`` if it is among the labels, else the first. Set by
        :meth:`fit`.
    pipeline_ : Pipeline
        The pipeline on the columns of :class:`FeatureTransformer`. Set by :meth:`fit`.
    calibration_ : Calibration
        Platt's calibration of the log-odds, cross-fitted. Set by :meth:`fit`.

    See Also
    --------
    detector.check : Check one article and get its evidence.

    Examples
    --------
    >>> Detector().predict(["Too short to accuse anybody."]).tolist()
    ['too_short']
    """

    def __init__(
        self,
        features: Wanted = None,
        *,
        grammar: str = "harper",
        C: float | None = None,
        class_weight: Any = "balanced",  # noqa: ANN401 - as the classifier
        n_jobs: int | None = None,
    ) -> None:
        self.features = features
        self.grammar = grammar
        self.C = C
        self.class_weight = class_weight
        self.n_jobs = n_jobs

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels, in the order of the columns of :meth:`predict_proba`."""
        return np.sort(self.pipeline_.classes_) if self._is_fitted else np.array([HUMAN, SPUN])

    def fit(self, X: Iterable[str], y: Iterable[object], sample_weight: Iterable[float] | None = None) -> Self:
        """Train the article classifier and its calibration.

        Parameters
        ----------
        X : list, array, Series or one-column data frame of str, shape (n_samples,)
        y : array-like of shape (n_samples,)
            Labels of at least two classes. Texts that would not be judged are not used.
        sample_weight : array-like of shape (n_samples,), optional
            Weights in the regressions and in the calibration. A text of weight 0 is not used.

        Raises
        ------
        ValueError
            If ``X`` does not hold texts, or fewer than two classes remain.
        """
        if y is None:
            message = f"{type(self).__name__} requires y to be passed, but the target y is None"
            raise ValueError(message)
        texts, labels = texts_of(X), column_or_1d(y, warn=True)
        check_consistent_length(texts, labels)
        check_classification_targets(labels)
        weight = _check_sample_weight(sample_weight, np.empty((len(texts), 1)), dtype=np.float64)
        if self.class_weight != "balanced":
            weight = weight * compute_sample_weight(self.class_weight, labels)
        _require_two(np.unique(labels), "")
        measured = self._measured(texts)
        use = measured.judged & (weight > 0)
        _require_two(np.unique(labels[use]), " that would be judged (long enough, English, weight above 0)")
        rows, words, labels, weight = measured.values[use], measured.words[use], labels[use], weight[use]
        self.human_ = HUMAN if HUMAN in labels.tolist() else np.unique(labels).tolist()[0]
        self.calibration_ = self._calibrated(measured.columns, rows, words, labels, weight)
        self.pipeline_ = self._pipeline(measured.columns, rows, labels, weight)
        return self

    def predict(self, X: Iterable[str]) -> NDArray[Any]:
        """Return the class of each text, shape (n_samples,), or the check's label for a text that is not judged."""
        if not self._is_fitted:
            return np.array([_answer(judged) for judged in self._judge(texts_of(X))])
        measured = self._measured(texts_of(X))
        answers = self.classes_[self._probabilities(measured).argmax(axis=1)]
        if measured.judged.all():
            return np.asarray(answers)
        labels = [a if label is None else label.value for a, label in zip(answers, measured.abstentions, strict=True)]
        return np.array(labels, dtype=None if answers.dtype.kind == "U" else object)

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Return the calibrated probability of each class, shape (n_samples, n_classes).

        It assumes that rewrites and human copy are equally common. A text that is not judged has a row of NaN.
        """
        if self._is_fitted:
            return self._probabilities(self._measured(texts_of(X)))
        spun = np.array([verdict.probability for verdict in self._judge(texts_of(X))])
        return np.stack([1.0 - spun, spun], axis=1)

    def decision_function(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Return log-odds, shape (n_samples,), or one per class (n_samples, n_classes) if there are more than two.

        From 0 on, a text belongs to the second class. Before :meth:`fit`, 0 is the threshold of ``spun``. A text that
        is not judged has NaN.
        """
        if not self._is_fitted:
            return np.array([_above_threshold(judged) for judged in self._judge(texts_of(X))])
        probability = np.clip(self._probabilities(self._measured(texts_of(X))), 1e-300, 1.0)
        if probability.shape[1] == 2:
            return np.asarray(np.log(probability[:, 1]) - np.log(probability[:, 0]))
        return np.asarray(np.log(probability))

    @property
    def _is_fitted(self) -> bool:
        return "pipeline_" in vars(self)

    def _measured(self, texts: list[str]) -> Rows:
        return FeatureTransformer(self.features, grammar=self.grammar, n_jobs=self.n_jobs).measure(texts)

    def _pipeline(
        self, columns: Sequence[str], rows: NDArray[np.float64], labels: NDArray[Any], weight: NDArray[np.float64]
    ) -> Pipeline:
        return fit_pipeline(
            rows,
            labels.tolist(),
            columns,
            seed=0,
            human=self.human_,
            penalty=self.C,
            balanced=self.class_weight == "balanced",
            sample_weight=weight,
        )

    def _calibrated(
        self,
        columns: Sequence[str],
        rows: NDArray[np.float64],
        words: NDArray[np.int64],
        labels: NDArray[Any],
        weight: NDArray[np.float64],
    ) -> Calibration:
        """Calibrate on out-of-fold log-odds. With one text in a class, return the identity."""
        folds = min(_FOLDS, int(np.unique(labels, return_counts=True)[1].min()))
        if folds < 2:
            return Calibration(1.0, 0.0, 0.0, 0.0)
        log_odds = np.empty(len(rows))
        for fit, held in StratifiedKFold(folds, shuffle=True, random_state=0).split(rows, labels):
            pipeline = self._pipeline(columns, rows[fit], labels[fit], weight[fit])
            log_odds[held] = np.logaddexp.reduce(_heads(pipeline, rows[held]), axis=1)
        return calibrate(
            log_odds,
            words.astype(float),
            labels != self.human_,
            balanced=self.class_weight == "balanced",
            sample_weight=weight,
        )

    def _probabilities(self, measured: Rows) -> NDArray[np.float64]:
        heads = _heads(self.pipeline_, measured.values)
        log_odds = np.logaddexp.reduce(heads, axis=1)
        slope, intercept = self.calibration_.at(measured.words.astype(float))
        any_kind = 1.0 / (1.0 + np.exp(-np.clip(slope * log_odds + intercept, -500, 500)))
        shares = np.exp(heads - log_odds[:, None])
        found = np.column_stack([1.0 - any_kind, any_kind[:, None] * shares])
        found[~measured.judged] = np.nan
        return np.asarray(found[:, np.argsort(self.pipeline_.classes_)])

    def _judge(self, texts: list[str]) -> list[Judged]:
        for position, text in enumerate(texts):
            # Check here: it saves work, and a worker does not know a text's position in X.
            refuse_books(Document(text, f"X: number {position}"))
        batches = [texts[i : i + BATCH] for i in range(0, len(texts), BATCH)]
        judged = Parallel(n_jobs=self.n_jobs)(delayed(judge_texts)(batch, self.grammar) for batch in batches)
        return list(chain.from_iterable(judged))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return _takes_texts(tags)


def _answer(judged: Judged) -> str:
    if math.isnan(judged.probability):
        return judged.label.value
    return SPUN if judged.label is Label.SPUN else HUMAN


def _above_threshold(judged: Judged) -> float:
    """Log-odds above the threshold of ``spun``; below 0 for a text that reaches it and still does not get that label."""
    above = logit(judged.probability) - logit(judged.threshold)
    return above if judged.label is Label.SPUN else min(above, -1e-9)


def _heads(pipeline: Pipeline, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of each kind against human copy, shape (rows, kinds)."""
    scores = pipeline.decision_function(rows)
    return np.asarray(scores[:, None] if scores.ndim == 1 else scores[:, 1:] - scores[:, :1])


def _require_two(classes: NDArray[Any], which: str) -> None:
    if len(classes) < 2:
        found = f"one class, {classes[0]}" if len(classes) else "no class"
        raise ValueError(f"y holds texts of {found}{which}: a classifier needs texts of at least two classes")


def texts_of(X: object) -> list[str]:
    """Return the texts in a list, array or Series.

    Raises
    ------
    ValueError
        If there is no text, or something is not a text. The message says which and where.

    Examples
    --------
    >>> texts_of(("One.", "Two."))
    ['One.', 'Two.']
    >>> texts_of("One.")
    Traceback (most recent call last):
    ValueError: X is a single text: give a list of texts, as in [text]
    """
    if isinstance(X, (str, bytes, Document)):
        raise ValueError("X is a single text: give a list of texts, as in [text]")  # noqa: TRY004 - as scikit-learn does
    if isinstance(X, Mapping):
        raise ValueError("X is a mapping: give its texts, as in list(X.values())")  # noqa: TRY004 - as above
    if isinstance(X, AbstractSet):
        raise ValueError("X is a set: give a list, in the order that you want answers in")  # noqa: TRY004 - as above
    shape: tuple[int, ...] = getattr(X, "shape", (1,))
    if len(shape) == 2 and shape[1] == 1:
        # A data frame or a matrix with one column.
        return texts_of(np.asarray(X, object)[:, 0])
    if len(shape) != 1:
        raise ValueError(f"X has shape {shape}: give one column of texts, shape (n_samples,)")
    if not isinstance(X, Iterable):
        raise ValueError(f"X is {type(X).__name__}: give a list of texts")  # noqa: TRY004 - as above
    # An Arrow array yields scalars of its own type.
    texts = X.to_pylist() if hasattr(X, "to_pylist") else list(X)
    if not texts:
        raise ValueError("X holds 0 samples while a minimum of 1 is required: give at least one text")
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            said = f"X must hold texts, but number {position} is {type(text).__name__}: leave such samples out"
            raise ValueError(said)  # noqa: TRY004 - as above
    return [str(text) for text in texts]


def _takes_texts(tags: Tags) -> Tags:
    tags.input_tags.one_d_array = True
    tags.input_tags.two_d_array = False
    tags.input_tags.string = True
    # Disables scikit-learn's own checks, which expect a matrix.
    tags.no_validation = True
    return tags
