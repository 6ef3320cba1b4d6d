"""unspin for scikit-learn: a classifier over raw texts, and each feature as a transformer.

Both take a list, array or Series of texts, one article each, and measure as :class:`detector.checker.Checker` does, with
the tables that come with the package. Neither holds tables: a pickled estimator is a few kilobytes, and worker processes
open the tables themselves, as memory maps of which the system keeps one copy for all.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d

from detector.checker import refuse_books
from detector.model import HUMAN, logit
from detector.rows import Wanted, chosen, columns_of, judge_texts, measure_texts
from detector.verdict import Label
from features.document import Document
from features.feature import Column

SPUN = Label.SPUN.value

_BATCH = 16
_TAILS = (0.002, 0.998)


class FeatureTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Texts to the numbers that unspin's features measure.

    There is nothing to fit. NaN means "cannot be measured here": put an imputer behind it, or an estimator that takes
    NaN.

    Parameters
    ----------
    features : str, Feature, or sequence of them, optional
        Names of features (``"odd_synonyms"``, ``"attribution"``, ...), all by default. One transformer for each is
        ``FeatureTransformer("odd_synonyms")``. A feature of your own is given as it is; its columns come last.
    grammar : {"harper", "languagetool", "none"}
        Who finds the grammar errors; with ``"none"`` the grammar columns are NaN.
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

    def fit(self, X: Iterable[str], y: object = None) -> Self:  # noqa: ARG002 - as scikit-learn calls it
        """Check that these are texts; nothing is learnt from them."""
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
            In the order of :meth:`get_feature_names_out`; a data frame after ``set_output(transform="pandas")``.

        Raises
        ------
        ValueError
            If these are not texts, or there is no feature of that name.
        """
        texts = texts_of(X)
        names, extra = chosen(self.features)
        batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
        rows = Parallel(n_jobs=self.n_jobs)(
            delayed(measure_texts)(batch, names, extra, self.grammar) for batch in batches
        )
        return np.concatenate(list(rows))

    @property
    def columns(self) -> tuple[Column, ...]:
        """What each column of the matrix is: name, unit, range and a sentence for people."""
        names, extra = chosen(self.features)
        return tuple(columns_of(names, extra))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002 - one input: the text
        """Names of the columns, each with its unit, shape (n_columns,)."""
        return np.array([column.name for column in self.columns], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return _takes_texts(tags)


class Detector(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Says of texts whether they are human copy or a machine rewrite.

    It is *pretrained*: without :meth:`fit` it judges with the embedded model, and its classes are ``"human"`` and
    ``"spun"``. Then :meth:`predict` accuses as ``unspin check`` does, only from the threshold that was set for a stated
    false-positive rate, and where ``unspin check`` abstains (too short, not English) it answers ``"human"``, with NaN as
    probability.

    :meth:`fit` trains the article's classifier anew, on the same features with the embedded tables, for your own texts
    and classes. It then judges every text, of any length, by the most probable class.

    Parameters
    ----------
    features : str, Feature, or sequence of them, optional
        What :meth:`fit` trains on, as in :class:`FeatureTransformer`. The embedded model has its own columns.
    grammar : {"harper", "languagetool", "none"}
        Who finds the grammar errors.
    C : float
        Inverse strength of regularisation of the classifier that :meth:`fit` trains.
    class_weight : dict, "balanced" or None
        Of that classifier, as in :class:`sklearn.linear_model.LogisticRegression`.
    n_jobs : int, optional
        Worker processes that measure texts. Workers share the tables.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        ``["human", "spun"]`` before :meth:`fit`, after it the labels seen there.
    pipeline_ : Pipeline
        What :meth:`fit` trained, on the columns of :class:`FeatureTransformer`; only after it.

    See Also
    --------
    detector.check : One article with its evidence.

    Examples
    --------
    >>> Detector().predict(["Too short to accuse anybody."]).tolist()
    ['human']
    """

    def __init__(
        self,
        features: Wanted = None,
        *,
        grammar: str = "harper",
        C: float = 3.0,
        class_weight: Any = "balanced",  # noqa: ANN401 - whatever the classifier takes
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
        return np.asarray(self.pipeline_.classes_) if self._is_fitted else np.array([HUMAN, SPUN])

    def fit(self, X: Iterable[str], y: Iterable[object]) -> Self:
        """Train the article's classifier anew.

        Parameters
        ----------
        X : list, array or Series of str, shape (n_samples,)
        y : array-like of shape (n_samples,)
            Labels of at least two kinds.
        """
        if y is None:
            message = f"{type(self).__name__} requires y to be passed, but the target y is None"
            raise ValueError(message)
        texts, labels = texts_of(X), column_or_1d(y, warn=True)
        check_consistent_length(texts, labels)
        check_classification_targets(labels)
        rows = self._rows(texts)
        # A few wild values must not squeeze all others together when columns are scaled.
        low, high = _tails(rows)
        self.pipeline_ = Pipeline(
            [
                ("fill", SimpleImputer(strategy="median", keep_empty_features=True)),
                ("scale", MinMaxScaler(clip=True)),
                ("classify", LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=3000)),
            ]
        ).fit(np.clip(rows, low, high), labels)
        return self

    def predict(self, X: Iterable[str]) -> NDArray[Any]:
        """The class of each text, shape (n_samples,)."""
        if self._is_fitted:
            return np.asarray(self.pipeline_.predict(self._rows(texts_of(X))))
        # NaN is not above 0: whom unspin cannot judge it does not accuse.
        accused = self.decision_function(X) >= 0
        return np.where(accused, SPUN, HUMAN)

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Probability of each class, shape (n_samples, n_classes).

        Before :meth:`fit` it is calibrated, for rewrites and human copy equally common, and a row is NaN where unspin
        abstains.
        """
        if self._is_fitted:
            return np.asarray(self.pipeline_.predict_proba(self._rows(texts_of(X))))
        spun = np.array([probability for probability, _ in self._judge(texts_of(X))])
        return np.stack([1.0 - spun, spun], axis=1)

    def decision_function(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Log-odds, shape (n_samples,), or (n_samples, n_classes) for more than two classes.

        Before :meth:`fit` they are counted from the threshold: from 0 on a text is accused. NaN where unspin abstains.
        """
        if self._is_fitted:
            return np.asarray(self.pipeline_.decision_function(self._rows(texts_of(X))))
        return np.array([logit(probability) - logit(threshold) for probability, threshold in self._judge(texts_of(X))])

    @property
    def _is_fitted(self) -> bool:
        return "pipeline_" in vars(self)

    def _rows(self, texts: list[str]) -> NDArray[np.float64]:
        measured = FeatureTransformer(self.features, grammar=self.grammar, n_jobs=self.n_jobs).set_output(
            transform="default"
        )
        return np.asarray(measured.transform(texts))

    def _judge(self, texts: list[str]) -> list[tuple[float, float]]:
        for position, text in enumerate(texts):
            # Before the work, and because a worker does not know which of all texts it has.
            refuse_books(Document(text, f"X: number {position}"))
        batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
        judged = Parallel(n_jobs=self.n_jobs)(delayed(judge_texts)(batch, self.grammar) for batch in batches)
        return list(chain.from_iterable(judged))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return _takes_texts(tags)


def texts_of(X: object) -> list[str]:
    """The texts in a list, array or Series.

    Raises
    ------
    ValueError
        If it holds no text, or something else than texts; says which, and where.

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
    if isinstance(X, (Mapping, AbstractSet)):
        raise ValueError(f"X is a {type(X).__name__}: give a list of its texts, in the order that you want answers in")  # noqa: TRY004 - as above
    if len(getattr(X, "shape", (1,))) != 1:
        shape = getattr(X, "shape", ())
        raise ValueError(f"X has shape {shape}: give one column of texts, shape (n_samples,)")
    if not isinstance(X, Iterable):
        raise ValueError(f"X is {type(X).__name__}: give a list of texts")  # noqa: TRY004 - as above
    # An Arrow array gives scalars of its own kind.
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
    # Nothing that scikit-learn's own checks of matrices would look for.
    tags.no_validation = True
    return tags


def _tails(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles between which values are kept, shape (2, columns); NaN for columns that were never measured."""
    tails = np.full((2, rows.shape[1]), np.nan)
    measured = ~np.isnan(rows).all(axis=0)
    tails[:, measured] = np.nanquantile(rows[:, measured], _TAILS, axis=0)
    return tails
