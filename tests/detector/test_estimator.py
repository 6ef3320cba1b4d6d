"""unspin as scikit-learn sees it: a classifier over texts, and its features as transformers."""

import math
import pickle
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone, is_classifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from detector.calibration import Calibration
from detector.checker import MOST_WORDS, Checker
from detector.errors import UnreadableError
from detector.estimator import Detector, FeatureTransformer, texts_of
from detector.rows import Rows, chosen, chosen_columns
from detector.verdict import Label
from features.document import Document
from features.feature import NAN, Column, Measurement

FRENCH = "Les deux parties sont convenues de se revoir en mai, mais personne n'a voulu dire où. " * 12
ABSTAINED = ["", "Too short.", FRENCH]

# --- scikit-learn's own checks -------------------------------------------------------------------------------------
#
# They are made for matrices of numbers and leave out an estimator that says it takes texts. So they run on two adapters
# that turn each row of numbers into a text and pass it on: all that is checked of fitting, cloning, pickling, labels,
# order, shapes and output is then the estimators' own.

WORDS = ("said", "stated", "the", "talks", "discussions", "agreed")


def as_texts(rows: NDArray[np.float64]) -> list[str]:
    """A text for each row, with more of a word the larger its number."""
    return [
        " ".join(
            f"{word} " * int(np.clip(round(5 * abs(value)) + 1, 1, 60)) for word, value in zip(WORDS, row, strict=False)
        )
        + "."
        for row in rows
    ]


def takes_rows(tags: Tags) -> Tags:
    """What scikit-learn is told about the adapters."""
    tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string = True, False, False
    tags.no_validation = False
    return tags


@cache
def measured(text: str) -> NDArray[np.float64]:
    """The checks fit the same texts again and again."""
    return np.asarray(FeatureTransformer(grammar="none").transform([text])[0])


class DetectorOfRows(Detector):
    """A detector that is given rows of numbers."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        rows, labels = validate_data(self, X, y)
        return super().fit(as_texts(rows), labels, sample_weight)

    def predict(self, X: Any) -> NDArray[Any]:
        return super().predict(self._texts(X))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        return super().predict_proba(self._texts(X))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        return super().decision_function(self._texts(X))

    def _texts(self, X: Any) -> list[str]:
        check_is_fitted(self)
        return as_texts(validate_data(self, X, reset=False))

    def _measured(self, texts: list[str]) -> Rows:
        rows = np.array([measured(text) for text in texts])
        columns = tuple(column.name for column in chosen_columns(None))
        # Numbers made into words are no prose, and would not be judged.
        return Rows(columns, rows, np.full(len(texts), 250), (None,) * len(texts))

    def __sklearn_tags__(self) -> Tags:
        tags = takes_rows(super().__sklearn_tags__())
        tags.requires_fit = True  # the pretrained detector is tested below
        return tags


class FeatureTransformerOfRows(FeatureTransformer):
    """A transformer that is given rows of numbers."""

    def fit(self, X: Any, y: Any = None) -> Self:
        return super().fit(as_texts(validate_data(self, X)))

    def transform(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return super().transform(as_texts(validate_data(self, X, reset=False)))

    def __sklearn_tags__(self) -> Tags:
        return takes_rows(super().__sklearn_tags__())


def expected_failures(estimator: object) -> dict[str, str]:
    """Checks that cannot pass, each with its reason."""
    if isinstance(estimator, Detector):
        once = "folds, fillings and clips count every text once, whatever it weighs"
        return {
            "check_classifiers_train": "wants blobs of numbers to be told apart, which texts made of them are not",
            "check_sample_weight_equivalence_on_dense_data": once,
        }
    return {}


@parametrize_with_checks(  # type: ignore[untyped-decorator] # scikit-learn ships no types
    [
        DetectorOfRows(grammar="none"),
        FeatureTransformerOfRows("odd_synonyms", grammar="none"),
        FeatureTransformerOfRows("tell_tales", grammar="none"),
    ],
    expected_failed_checks=expected_failures,
)
@pytest.mark.filterwarnings("ignore:.*pandas is not installed")
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    """What scikit-learn asks of every estimator."""
    check(estimator)


# --- the estimators themselves -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def texts(seeds: dict[str, str]) -> list[str]:
    """Stories and rewrites."""
    return list(seeds.values())


@pytest.fixture(scope="module")
def kinds(seeds: dict[str, str]) -> list[str]:
    """Which is which."""
    return ["rewrite" if ".spun-" in name else "story" for name in seeds]


@pytest.fixture(scope="module")
def fitted(texts: list[str], kinds: list[str]) -> Detector:
    """A detector trained anew."""
    return Detector(grammar="none").fit(texts, kinds)


class TestPretrained:
    """Without `fit` the detector says what `unspin check` says."""

    def test_says_what_the_check_says(self, checker: Checker, texts: list[str]) -> None:
        """Same probability, and the same accusation."""
        detector, texts = Detector(grammar="none"), texts[:8]
        verdicts = [checker.check(Document(text)) for text in texts]
        np.testing.assert_array_equal(detector.predict_proba(texts)[:, 1], [v.probability for v in verdicts])
        assert [label == "spun" for label in detector.predict(texts)] == [v.label is Label.SPUN for v in verdicts]

    def test_decision_counts_from_the_threshold(self, texts: list[str]) -> None:
        """From 0 on a text is accused."""
        detector, texts = Detector(grammar="none"), texts[:8]
        np.testing.assert_array_equal(detector.decision_function(texts) >= 0, detector.predict(texts) == "spun")

    def test_classes(self) -> None:
        """Two classes, in the order of the columns."""
        assert Detector().classes_.tolist() == ["human", "spun"]

    def test_accuses_nobody_whom_it_cannot_judge(self) -> None:
        """Where the check abstains the probability is NaN, and the answer is the check's label and no class."""
        detector = Detector(grammar="none")
        assert detector.predict(ABSTAINED).tolist() == ["too_short", "too_short", "not_english"]
        assert np.isnan(detector.predict_proba(ABSTAINED)).all()
        assert np.isnan(detector.decision_function(ABSTAINED)).all()

    @pytest.mark.parametrize("n_jobs", [None, 2])
    def test_a_book_among_the_texts(self, texts: list[str], n_jobs: int | None) -> None:
        """It is told with its place, so that it can be left out."""
        feed = [*texts, "word " * (MOST_WORDS + 1), *texts]
        with pytest.raises(UnreadableError, match=rf"^X: number {len(texts)} holds .* {MOST_WORDS:,}"):
            Detector(grammar="none", n_jobs=n_jobs).predict(feed)

    def test_needs_no_fit(self) -> None:
        """scikit-learn is told so."""
        assert not get_tags(Detector()).requires_fit
        check_is_fitted(Detector())
        assert is_classifier(Detector())

    def test_score(self, checker: Checker, texts: list[str]) -> None:
        """`score` works against the labels human and spun."""
        truth = [("spun" if checker.check(Document(t)).label is Label.SPUN else "human") for t in texts[:6]]
        assert Detector(grammar="none").score(texts[:6], truth) == 1.0


class TestFitted:
    """`fit` trains the article's classifier for other texts and classes."""

    def test_learns(self, fitted: Detector, texts: list[str], kinds: list[str]) -> None:
        """What was learnt is known, and labels are the caller's own."""
        assert fitted.classes_.tolist() == ["rewrite", "story"]
        assert fitted.score(texts, kinds) > 0.8

    def test_outputs_agree(self, fitted: Detector, texts: list[str]) -> None:
        """The predicted class is the most probable one and lies on the right side of the decision."""
        proba, predicted = fitted.predict_proba(texts), fitted.predict(texts)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        assert (predicted == fitted.classes_[proba.argmax(axis=1)]).all()
        assert ((fitted.decision_function(texts) > 0) == (predicted == fitted.classes_[1])).all()

    def test_several_classes(self, texts: list[str]) -> None:
        """More than two classes have a column each."""
        labels = [index % 3 for index in range(len(texts))]
        fitted = Detector(grammar="none").fit(texts, labels)
        assert fitted.predict_proba(texts[:4]).shape == fitted.decision_function(texts[:4]).shape == (4, 3)

    def test_abstains_as_the_check_does(self, fitted: Detector, texts: list[str]) -> None:
        """A detector of one's own hides no abstention either."""
        assert np.isnan(fitted.predict_proba(ABSTAINED)).all()
        assert np.isnan(fitted.decision_function(ABSTAINED)).all()
        assert fitted.predict([*ABSTAINED, texts[0]]).tolist()[:3] == ["too_short", "too_short", "not_english"]

    def test_abstains_beside_numbers(self, texts: list[str]) -> None:
        """Labels that are numbers stay numbers beside an abstention."""
        labels = [index % 2 for index in range(len(texts))]
        answers = Detector(grammar="none").fit(texts, labels).predict([texts[0], "Too short."]).tolist()
        assert answers[0] in {0, 1}
        assert answers[1] == "too_short"

    def test_is_calibrated(self, fitted: Detector, texts: list[str], kinds: list[str]) -> None:
        """Probabilities come from folds that did not see the text: they are less sure than those of the text's own fold."""
        assert fitted.human_ == "rewrite"
        assert fitted.calibration_ != Calibration(1.0, 0.0, 0.0, 0.0)

    def test_human_copy_is_what_others_are_told_from(self, texts: list[str], kinds: list[str]) -> None:
        """A label `human` is the human copy of the embedded model, wherever it stands in the order."""
        labels = ["human" if kind == "story" else "copied" for kind in kinds]
        fitted = Detector(grammar="none").fit(texts, labels)
        assert fitted.human_ == "human"
        assert fitted.classes_.tolist() == ["copied", "human"]
        assert fitted.score(texts, labels) > 0.8

    def test_sample_weight(self, texts: list[str], kinds: list[str]) -> None:
        """A text of weight 0 teaches nothing, and weights move what is learnt."""
        some = np.arange(len(texts)) % 5 > 0
        weighted = Detector(grammar="none").fit(texts, kinds, some.astype(float))
        left = [t for t, keep in zip(texts, some, strict=True) if keep]
        alone = Detector(grammar="none").fit(left, [k for k, keep in zip(kinds, some, strict=True) if keep])
        np.testing.assert_array_equal(weighted.predict_proba(texts[:5]), alone.predict_proba(texts[:5]))
        heavy = Detector(grammar="none").fit(texts, kinds, np.where(some, 1.0, 9.0))
        assert not np.allclose(
            heavy.predict_proba(texts[:5]), Detector(grammar="none").fit(texts, kinds).predict_proba(texts[:5])
        )

    def test_same_again(self, fitted: Detector, texts: list[str], kinds: list[str]) -> None:
        """The same texts train the same classifier."""
        again = clone(fitted).fit(texts, kinds)
        np.testing.assert_array_equal(again.predict_proba(texts), fitted.predict_proba(texts))

    def test_a_clone_is_pretrained(self, fitted: Detector) -> None:
        """A clone has the settings and not what was learnt."""
        assert clone(fitted).classes_.tolist() == ["human", "spun"]
        assert clone(fitted).get_params() == fitted.get_params()

    def test_pickled_without_tables(self, fitted: Detector, texts: list[str]) -> None:
        """A pickle is small, and answers alike."""
        pickled = pickle.dumps(fitted)
        assert len(pickled) < 50_000
        np.testing.assert_array_equal(pickle.loads(pickled).predict_proba(texts), fitted.predict_proba(texts))  # noqa: S301 - our own

    def test_model_selection(self, texts: list[str], kinds: list[str]) -> None:
        """Cross-validation and grid search split texts as they split rows."""
        assert cross_val_score(Detector(grammar="none"), texts, kinds, cv=3).shape == (3,)
        search = GridSearchCV(Detector(grammar="none"), {"C": [0.1, 3.0]}, cv=2).fit(texts, kinds)
        assert search.best_params_["C"] in {0.1, 3.0}

    @pytest.mark.parametrize(
        ("X", "y", "said"),
        [
            (["A text.", "Another."], ["a", "a"], "one class, a: a classifier needs texts of at least two"),
            (["A text.", "Another."], ["a", "b"], "no class that would be judged"),
            (["A text.", "Another."], ["a"], "inconsistent numbers of samples"),
            (["A text.", "Another."], None, "requires y"),
            (["A text.", "Another."], [0.25, 0.75], "continuous"),
        ],
    )
    def test_wrong_labels(self, X: list[str], y: Any, said: str) -> None:
        """Labels that cannot be learnt are refused in scikit-learn's words."""
        with pytest.raises(ValueError, match=said):
            Detector(grammar="none").fit(X, y)


class TestFeatures:
    """Each feature is a transformer."""

    def test_all(self, checker: Checker, texts: list[str]) -> None:
        """All columns, in the model's order, as the check measures them."""
        transformer = FeatureTransformer(grammar="none")
        assert transformer.get_feature_names_out().tolist() == list(checker.model.manifest.columns)
        measured_values = {name: value for m in checker.measure(Document(texts[0])) for name, value in m.values.items()}
        np.testing.assert_array_equal(
            transformer.transform(texts[:1])[0], [measured_values[name] for name in checker.model.manifest.columns]
        )

    def test_one_for_each_feature(self, checker: Checker, texts: list[str]) -> None:
        """One transformer a feature, put side by side, gives what one of all features gives."""
        union = make_union(*(FeatureTransformer(f.name, grammar="none") for f in checker.measurer.known))
        np.testing.assert_array_equal(
            union.fit_transform(texts[:3]), FeatureTransformer(grammar="none").transform(texts[:3])
        )

    def test_names_in_any_order(self) -> None:
        """Columns keep the model's order, in whatever order features are named."""
        forth, back = (
            FeatureTransformer(names).get_feature_names_out().tolist()
            for names in (["articles", "attribution"], ["attribution", "articles"])
        )
        assert forth == back

    def test_data_frame(self, texts: list[str]) -> None:
        """After `set_output` the columns have their names, and a Series its index."""
        pandas = pytest.importorskip("pandas")
        series = pandas.Series(texts[:3], index=["a", "b", "c"])
        frame = FeatureTransformer("attribution").set_output(transform="pandas").fit_transform(series)
        assert frame.columns.tolist() == FeatureTransformer("attribution").get_feature_names_out().tolist()
        assert frame.index.tolist() == ["a", "b", "c"]
        detector = Detector(grammar="none").set_params(C=1.0)
        assert detector.predict(series).shape == (3,)

    def test_in_a_pipeline(self, texts: list[str], kinds: list[str]) -> None:
        """Features feed any classifier."""
        pipeline = make_pipeline(
            FeatureTransformer(["odd_synonyms", "tell_tales"]), SimpleImputer(), StandardScaler(), LogisticRegression()
        )
        assert pipeline.fit(texts, kinds).score(texts, kinds) > 0.5
        assert "odd_synonyms_mean_gain" in pipeline[:-1].get_feature_names_out()

    def test_pickled_without_tables(self, texts: list[str]) -> None:
        """A transformer that has measured holds no tables."""
        transformer = FeatureTransformer("odd_synonyms")
        before = transformer.transform(texts[:2])
        pickled = pickle.dumps(transformer)
        assert len(pickled) < 1_000
        np.testing.assert_array_equal(pickle.loads(pickled).transform(texts[:2]), before)  # noqa: S301 - our own

    @pytest.mark.parametrize("names", ["spelling", ["odd_synonyms", "spelling"], []])
    def test_unknown_feature(self, names: Any) -> None:
        """A name that is no feature is told with those that are."""
        with pytest.raises(ValueError, match=r"there is no feature .*odd_synonyms"):
            FeatureTransformer(names).transform(["A text."])

    def test_columns_are_described(self) -> None:
        """Name, unit, range and a sentence for each column of the matrix."""
        transformer = FeatureTransformer(["tell_tales", "attribution"])
        assert [column.name for column in transformer.columns] == transformer.get_feature_names_out().tolist()
        assert all(column.unit and column.meaning for column in transformer.columns)

    def test_polars(self, texts: list[str]) -> None:
        """A polars Series in, a polars data frame out."""
        polars = pytest.importorskip("polars")
        transformer = FeatureTransformer("attribution", grammar="none").set_output(transform="polars")
        frame = transformer.fit_transform(polars.Series(texts[:3]))
        assert isinstance(frame, polars.DataFrame)
        assert frame.columns == transformer.get_feature_names_out().tolist()
        np.testing.assert_array_equal(frame.to_numpy(), FeatureTransformer("attribution").transform(texts[:3]))

    def test_named_union(self, texts: list[str], kinds: list[str]) -> None:
        """In a `FeatureUnion` of data frames every column tells its part."""
        union = FeatureUnion(
            [("verbs", FeatureTransformer("attribution")), ("words", FeatureTransformer("tell_tales"))]
        ).set_output(transform="pandas")
        frame = union.fit_transform(texts[:4], kinds[:4])
        assert frame.columns.tolist() == union.get_feature_names_out().tolist()
        assert "verbs__odd_saying_verb_share" in frame.columns

    def test_cross_val_predict(self, texts: list[str], kinds: list[str]) -> None:
        """Every text gets a prediction by a pipeline that never saw it."""
        pipeline = make_pipeline(FeatureTransformer("tell_tales"), SimpleImputer(), LogisticRegression())
        predicted = cross_val_predict(pipeline, np.array(texts, object), kinds, cv=3, method="predict_proba")
        assert predicted.shape == (len(texts), 2)

    def test_searched_over(self, texts: list[str], kinds: list[str]) -> None:
        """Which features to use is a parameter like any other."""
        pipeline = make_pipeline(FeatureTransformer(grammar="none"), SimpleImputer(), LogisticRegression())
        search = GridSearchCV(
            pipeline, {"featuretransformer__features": ["tell_tales", ["articles", "attribution"]]}, cv=2
        )
        assert len(search.fit(texts, kinds).cv_results_["params"]) == 2

    def test_without_grammar(self, texts: list[str]) -> None:
        """Grammar columns are NaN without a checker and numbers with one."""
        assert np.isnan(FeatureTransformer("grammar", grammar="none").transform(texts[:1])).all()
        assert np.isfinite(FeatureTransformer("grammar", grammar="harper").transform(texts[:1])[0, 0])

    def test_workers(self, texts: list[str]) -> None:
        """Threads as workers, as a caller may choose, give the same matrix in the same order."""
        from joblib import parallel_config

        alone = FeatureTransformer(grammar="none").transform(texts)
        with parallel_config("threading"):
            together = FeatureTransformer(grammar="none", n_jobs=3).transform(texts)
        np.testing.assert_array_equal(together, alone)


def test_the_documentation_names_every_feature(checker: Checker) -> None:
    """A name that a reader may give to a transformer stands in docs/data-science.md."""
    page = (Path(__file__).parents[2] / "docs" / "data-science.md").read_text(encoding="utf-8")
    named = re.search(r"^The features are ([^.]+)\.", page, re.MULTILINE)
    assert named
    assert re.findall(r"`(\w+)`", named[1]) == [feature.name for feature in checker.measurer.known]


class Exclaiming:
    """A feature of one's own."""

    name = "exclaiming"
    columns = (Column("exclamations_per_word", "per word", 0, float("inf"), "Exclamation marks."),)

    def measure(self, document: Document) -> Measurement:
        """Marks a word."""
        words = len(document.words)
        return Measurement({"exclamations_per_word": document.text.count("!") / words if words else NAN})


class TestOwnFeatures:
    """A feature of one's own stands beside unspin's."""

    def test_measured(self) -> None:
        """Alone, its columns are all there are."""
        transformer = FeatureTransformer(Exclaiming())
        assert transformer.get_feature_names_out().tolist() == ["exclamations_per_word"]
        assert transformer.transform(["Oh! No!", "Yes."]).tolist() == [[1.0], [0.0]]

    def test_columns_come_last(self) -> None:
        """Wherever it is named."""
        names = FeatureTransformer([Exclaiming(), "articles"]).get_feature_names_out().tolist()
        assert names == ["an_before_consonant_per_1000_words", "exclamations_per_word"]

    def test_cloned_and_sent_to_workers(self) -> None:
        """As every parameter is."""
        from joblib import parallel_config

        transformer = clone(FeatureTransformer([Exclaiming()], n_jobs=2))
        with parallel_config("threading"):
            assert transformer.transform(["Oh!"] * 40).tolist() == [[1.0]] * 40

    def test_trained_with(self, texts: list[str], kinds: list[str]) -> None:
        """`Detector.fit` gives it a coefficient; without `fit` the embedded model judges as ever."""
        shouted = [text + ("!" * 50 if kind == "rewrite" else "") for text, kind in zip(texts, kinds, strict=True)]
        detector = Detector(["articles", Exclaiming()], grammar="none")
        np.testing.assert_array_equal(
            detector.predict_proba(texts[:3]), Detector(grammar="none").predict_proba(texts[:3])
        )
        fitted = detector.fit(shouted, kinds)
        assert fitted.score(shouted, kinds) == 1.0
        assert fitted.pipeline_[-1].coef_.shape == (1, 2)

    @pytest.mark.parametrize(
        ("features", "said"),
        [
            ([Exclaiming(), Exclaiming()], "already a feature"),
            ([3], "is no feature"),
            ([Exclaiming], "is no feature"),
        ],
    )
    def test_refused(self, features: Any, said: str) -> None:
        """What is no feature, or is there already."""
        with pytest.raises(ValueError, match=said):
            FeatureTransformer(features).transform(["A text."])


def test_workers_import_no_learning_library() -> None:
    """What a worker runs needs no scikit-learn: it would be most of the worker's memory."""
    code = "import sys, detector.rows; print('sklearn' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "False"


def test_worker_processes(texts: list[str]) -> None:
    """Processes open the tables themselves: what is sent to them is the texts and the names of features."""
    transformer = FeatureTransformer(["tell_tales", "odd_synonyms"], grammar="none")
    assert len(pickle.dumps(chosen(transformer.features))) < 500
    alone = transformer.transform(texts)
    np.testing.assert_array_equal(transformer.set_params(n_jobs=2).transform(texts), alone)


class TestTexts:
    """What passes for texts."""

    @pytest.mark.parametrize(
        "X", [["a", "b"], ("a", "b"), np.array(["a", "b"]), np.array(["a", "b"], object), iter("ab")]
    )
    def test_accepted(self, X: Any) -> None:
        """Lists, tuples, arrays and generators of str."""
        assert texts_of(X) == ["a", "b"]

    def test_strings_of_numpy(self) -> None:
        """NumPy's strings of variable width; what comes out are plain `str`."""
        texts = texts_of(np.array(["a", "b"], np.dtypes.StringDType()))
        assert texts == ["a", "b"]
        assert {type(text) for text in texts_of(np.array(["a", "b"]))} == {str}

    @pytest.mark.parametrize("dtype", [None, "string", "category", object])
    def test_pandas(self, dtype: Any) -> None:
        """A Series or an index of any kind of string."""
        pandas = pytest.importorskip("pandas")
        assert texts_of(pandas.Series(["a", "b"], dtype=dtype)) == ["a", "b"]
        assert texts_of(pandas.Index(["a", "b"])) == ["a", "b"]
        with pytest.raises(ValueError, match=r"number 1 is .*: leave such samples out"):
            texts_of(pandas.Series(["a", None], dtype=dtype))

    def test_arrow(self) -> None:
        """Arrays, chunked or by dictionary."""
        arrow = pytest.importorskip("pyarrow")
        array = arrow.array(["a", "b"])
        for given in (
            array,
            arrow.chunked_array([array]),
            array.dictionary_encode(),
            arrow.array(["a", "b"]).cast("large_string"),
        ):
            assert texts_of(given) == ["a", "b"]
        with pytest.raises(ValueError, match="number 0 is NoneType"):
            texts_of(arrow.array([None, "b"]))

    def test_one_column(self) -> None:
        """A data frame or matrix with one column is that column."""
        pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
        for frame in (
            pandas.DataFrame({"text": ["a", "b"]}),
            polars.DataFrame({"text": ["a", "b"]}),
            np.array([["a"], ["b"]]),
        ):
            assert texts_of(frame) == ["a", "b"]

    def test_polars(self) -> None:
        """A Series."""
        polars = pytest.importorskip("polars")
        assert texts_of(polars.Series(["a", "b"])) == ["a", "b"]

    @pytest.mark.parametrize(
        ("X", "said"),
        [
            ("a text", "single text"),
            ({"a text"}, "X is a set: give a list"),
            (b"bytes", "single text"),
            (["a", None], "number 1 is NoneType"),
            (["a", math.nan], "number 1 is float"),
            ([b"a"], "number 0 is bytes"),
            ([["a"]], "number 0 is list"),
            ([], "0 samples"),
            (None, "NoneType"),
            (3, "int"),
            ({"one": "a", "two": "b"}, r"a mapping: give its texts, as in list\(X\.values\(\)\)"),
            (np.zeros((2, 3)), r"shape \(2, 3\)"),
            (np.array("a"), r"shape \(\)"),
        ],
    )
    def test_refused(self, X: Any, said: str) -> None:
        """Anything else is told in one sentence, with the place."""
        with pytest.raises(ValueError, match=said):
            texts_of(X)


def test_scikit_learn_is_not_needed_to_check() -> None:
    """Neither estimator is imported with the package."""
    code = "import sys, detector; from detector import check, Verdict; print('sklearn' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "False"
