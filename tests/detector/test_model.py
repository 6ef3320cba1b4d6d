"""The model: the same answers from both of its files, and one sentence for every way it can be broken."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from detector import model as models
from detector.checker import Checker
from detector.cli import main
from detector.errors import ModelError
from detector.lab.training.calibration import CHECKERS
from detector.manifest import read as read_manifest
from detector.manifest import sha256
from detector.manifest import write as write_manifest
from detector.model import ESTIMATOR, HUMAN, MANIFEST, WEIGHTS, Model, Weights, expit, lexicon_file, load, weights_of

FILES = (MANIFEST, WEIGHTS, ESTIMATOR)
MERELY_TOLD = ("training_data", "metrics", "versions", "created")


@pytest.fixture(scope="session")
def model(checker: Checker) -> Model:
    """The embedded model."""
    return checker.model


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    """A copy of the embedded model's files that may be broken."""
    for name in FILES:
        shutil.copyfile(model.folder / name, tmp_path / name)
    return tmp_path


def rows_for(model: Model, count: int, seed: int = 0) -> NDArray[np.float64]:
    """Rows within and beyond the range seen in training, with gaps."""
    rng = np.random.default_rng(seed)
    weights = model.weights
    spread = weights.high - weights.low
    rows = weights.low + spread * rng.uniform(-0.5, 1.5, (count, len(weights.fill)))
    rows[rng.random(rows.shape) < 0.2] = np.nan
    rows[-1] = np.nan
    return rows


def refused(folder: Path, named: str, *, tables: Path | None = None) -> str:
    """The sentence with which a broken model is refused."""
    with pytest.raises(ModelError) as caught:
        load(folder, tables=tables)
    message = str(caught.value)
    assert named in message
    assert "\n" not in message
    assert "reinstall" in message or "train" in message
    return message


class TestScore:
    """A row in, a probability and its reasons out."""

    def test_both_files_say_the_same(self, model: Model) -> None:
        """The weights that the command reads and the estimator that scikit-learn reads agree, as far as a probability next to 1 can tell."""
        rows = rows_for(model, 300)
        kinds = model.estimator.predict_proba(rows)
        human = list(model.estimator.classes_).index(HUMAN)
        spun = np.delete(kinds, human, axis=1).sum(axis=1)
        expected = np.log(spun) - np.log(kinds[:, human])
        np.testing.assert_allclose(model.weights.log_odds(rows), expected, rtol=1e-6, atol=1e-9)

    @pytest.mark.parametrize("words", [60, 250, 5000])
    @pytest.mark.parametrize("grammar", CHECKERS)
    def test_contributions_make_the_score(self, model: Model, grammar: str, words: int) -> None:
        """Contributions and intercept sum to the log-odds of the probability, column for column of the manifest."""
        for row in rows_for(model, 50):
            probability, parts, intercept = model.score(row, grammar, words)
            assert 0 <= probability <= 1
            assert parts.shape == (len(model.manifest.columns),)
            assert expit(float(parts.sum()) + intercept) == pytest.approx(probability, abs=1e-12)
            slope, shift = model.manifest.calibration[grammar].at(words)
            uncalibrated = float(model.weights.log_odds(row[None, :])[0])
            assert float(parts.sum()) + intercept == pytest.approx(float(slope * uncalibrated + shift), abs=1e-9)

    def test_what_is_not_measured_does_not_speak(self, model: Model) -> None:
        """A column that could not be measured neither accuses nor excuses."""
        row = rows_for(model, 1, seed=3)[0]
        row[:] = model.weights.fill
        row[::2] = np.nan
        parts = model.score(row, "none", 400).parts
        np.testing.assert_allclose(parts, 0.0, atol=1e-12)

    def test_calibration_keeps_the_order(self, model: Model) -> None:
        """What is odder before calibration is likelier after it, at any length."""
        for calibration in model.manifest.calibration.values():
            assert all(calibration.at(words)[0] > 0 for words in (1, 60, 250, 1000, 30_000))

    @pytest.mark.parametrize("log_odds", [-1e9, -745.0, -1.0, 0.0, 1.0, 745.0, 1e9])
    def test_logistic_function_at_its_ends(self, log_odds: float) -> None:
        """No overflow at either end."""
        assert 0 <= expit(log_odds) <= 1
        assert expit(log_odds) + expit(-log_odds) == pytest.approx(1)


class TestWeights:
    """A fitted pipeline as plain numbers."""

    @pytest.mark.parametrize("kinds", [("human", "spun"), ("dictionary", "human", "thesaurus")])
    def test_of_any_pipeline(self, kinds: tuple[str, ...]) -> None:
        """Two classes, which scikit-learn keeps in one row, are no special case; nor is a constant column."""
        rng = np.random.default_rng(7)
        rows = rng.normal(size=(120, 5))
        rows[:, 3] = 2.0
        rows[rng.random(rows.shape) < 0.1] = np.nan
        pipeline = Pipeline(
            [
                ("fill", SimpleImputer(strategy="median")),
                ("clip", MinMaxScaler(clip=True)),
                ("scale", StandardScaler()),
                ("of", LogisticRegression()),
            ]
        ).fit(rows, rng.choice(kinds, len(rows)))
        proba = pipeline.predict_proba(rows)
        human = list(pipeline.classes_).index("human")
        expected = np.log(1 - proba[:, human]) - np.log(proba[:, human])
        np.testing.assert_allclose(weights_of(pipeline).log_odds(rows), expected, atol=1e-9)


def heads(**intercepts: float) -> Weights:
    """Weights over one column of 0 to 1; each kind's score is its intercept, and the column adds to translations."""
    classes = tuple(sorted({HUMAN, *intercepts}))
    return Weights(
        classes,
        fill=np.zeros(1),
        low=np.zeros(1),
        high=np.ones(1),
        coefficients=np.array([[5.0 if name == "translation" else 0.0] for name in classes]),
        intercepts=np.array([intercepts.get(name, 0.0) for name in classes]),
    )


class TestKinds:
    """What each kind of rewriting brings to the odds."""

    def test_shares_are_shares_of_the_odds(self) -> None:
        """Each is the kind's own odds through the odds of any rewriting, wherever human copy stands among the classes."""
        weights = heads(alpha=-1.0, synonyms=0.5, translation=-3.0)
        row = np.array([0.7])
        odds = np.exp(np.array([-1.0, 0.5, -3.0 + 5.0 * 0.7]))
        assert weights.kinds == ("alpha", "synonyms", "translation")
        np.testing.assert_allclose(weights.shares(row), odds / odds.sum())
        assert weights.log_odds(row[None, :])[0] == pytest.approx(np.log(odds.sum()))

    @pytest.mark.parametrize("score", [-5000.0, 5000.0])
    def test_scores_at_their_ends(self, score: float) -> None:
        """No overflow, and one is the whole."""
        assert heads(synonyms=score, translation=-score).shares(np.zeros(1)).tolist() in ([0.0, 1.0], [1.0, 0.0])

    def test_one_kind_has_it_all(self) -> None:
        """A model that tells no kinds apart gives its only kind the whole."""
        assert heads(rewrite=-2.0).shares(np.array([np.nan])).tolist() == [1.0]

    def test_of_the_embedded_model(self, model: Model) -> None:
        """Every kind of the model, largest first, summing to 1."""
        for row in rows_for(model, 20):
            shares = model.kinds(row)
            assert sorted(shares) == sorted(model.weights.kinds)
            assert list(shares.values()) == sorted(shares.values(), reverse=True)
            assert sum(shares.values()) == pytest.approx(1.0)

    def test_of_a_tie(self, model: Model) -> None:
        """Two kinds alike stand by name, so that the same article gives the same report."""
        even = Model(model.manifest, heads(translation=0.0, synonyms=0.0), model.folder)
        assert list(even.kinds(np.zeros(1))) == ["synonyms", "translation"]


class TestFiles:
    """Every way in which the files can be wrong is told in one sentence that names the file."""

    def test_whole(self, folder: Path, model: Model) -> None:
        """A copy of the model is as good as the model."""
        row = rows_for(model, 1)[0]
        copy = load(folder)
        assert copy.hash == model.hash
        assert copy.score(row, "none", 400)[0] == model.score(row, "none", 400)[0]

    @pytest.mark.parametrize("name", FILES)
    def test_missing(self, folder: Path, name: str) -> None:
        """A file that is not there."""
        (folder / name).unlink()
        refused(folder, name)

    @pytest.mark.parametrize("name", [WEIGHTS, ESTIMATOR])
    @pytest.mark.parametrize("change", ["cut", "longer", "one bit", "empty", "other"])
    def test_damaged(self, folder: Path, name: str, change: str) -> None:
        """A file that is not the one the manifest names is refused, down to a single bit."""
        path = folder / name
        content = path.read_bytes()
        path.write_bytes(
            {
                "cut": content[: len(content) // 2],
                "longer": content + b"\n",
                "one bit": content[:40] + bytes([content[40] ^ 1]) + content[41:],
                "empty": b"",
                "other": b'{"classes": []}',
            }[change]
        )
        assert "damaged or swapped" in refused(folder, name)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda m: m["thresholds"]["none"].update(spun=0.02, suspect=0.01), id="thresholds"),
            pytest.param(lambda m: m["calibration"]["harper"].update(intercept=9.0), id="calibration"),
            pytest.param(lambda m: m["word"].__setitem__(0, 3.0), id="word"),
            pytest.param(lambda m: m["sentence"].__setitem__(0, 3.0), id="sentence"),
            pytest.param(lambda m: m["reference"]["none"].popitem(), id="reference"),
            pytest.param(lambda m: m.update(min_words=10), id="min_words"),
            pytest.param(lambda m: m["files"].update({"counts.npy": "00"}), id="table"),
            pytest.param(lambda m: m.update(columns=m["columns"][::-1]), id="columns"),
            pytest.param(lambda m: m.pop("hash"), id="no hash"),
        ],
    )
    def test_edited_manifest(self, folder: Path, model: Model, change: Callable[[dict[str, Any]], object]) -> None:
        """What can move a verdict is edited: the model is refused, or, where the hash was made anew, signed as another."""
        path = folder / MANIFEST
        fields = json.loads(path.read_text("utf-8"))
        change(fields)
        path.write_text(json.dumps(fields), "utf-8")
        assert "was edited" in refused(folder, MANIFEST)
        if "hash" in fields:
            fields["hash"] = hashlib.sha256(
                json.dumps(
                    {n: v for n, v in fields.items() if n not in {*MERELY_TOLD, "hash"}}, sort_keys=True
                ).encode()
            ).hexdigest()
            path.write_text(json.dumps(fields), "utf-8")
            assert read_manifest(path).hash != model.manifest.hash

    def test_told_only(self, folder: Path, model: Model) -> None:
        """A note on how it was made moves no verdict and is free."""
        path = folder / MANIFEST
        fields = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(fields | {"created": "2030-01-01"}), "utf-8")
        assert load(folder).hash == model.hash

    def test_lexicon(self, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The lexicon accuses as well: another one is not the model's."""
        other = tmp_path / "lexicon.tsv"
        other.write_bytes(lexicon_file().read_bytes() + b"\n")
        monkeypatch.setattr(models, "lexicon_file", lambda: other)
        with as_file(files("features") / "tables") as tables:
            assert "swapped" in refused(folder, "lexicon.tsv", tables=tables)

    def test_swapped(self, folder: Path) -> None:
        """Weights of another model do not pass for this one's, though they are whole."""
        path = folder / WEIGHTS
        fields = json.loads(path.read_text("utf-8"))
        fields["intercepts"] = [value + 5 for value in fields["intercepts"]]
        path.write_text(json.dumps(fields), "utf-8")
        assert "swapped" in refused(folder, WEIGHTS)

    @pytest.mark.parametrize(
        "change", [{"intercepts": "none"}, {"coefficients": [[1.0]]}, {"classes": None}, {"fill": [[1], [2, 3]]}]
    )
    def test_forged(self, folder: Path, change: dict[str, object]) -> None:
        """Weights that are named by the manifest and make no sense are refused before they are used."""
        path = folder / WEIGHTS
        fields = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(fields | change), "utf-8")
        rename_in_manifest(folder, WEIGHTS)
        refused(folder, str(folder))

    def test_unlisted_table(self, folder: Path, tmp_path: Path) -> None:
        """A table that was exchanged is refused like the model itself."""
        with as_file(files("features") / "tables") as tables:
            other = tmp_path / "tables"
            other.mkdir()
            for path in tables.iterdir():
                if path.suffix != ".npy":
                    shutil.copyfile(path, other / path.name)
        load(folder, tables=other)
        words = other / "vocabulary.txt"
        words.write_text(words.read_text("utf-8").replace("the\n", "hte\n", 1), "utf-8")
        refused(folder, "vocabulary.txt", tables=other)

    def test_type_that_is_not_trusted(self, folder: Path) -> None:
        """A skops file that would bring in a function is not loaded, even where manifest and hash agree."""
        pipeline = Pipeline([("run", FunctionTransformer(func=print))])
        skops.io.dump(pipeline, folder / ESTIMATOR)
        rename_in_manifest(folder, ESTIMATOR)
        with pytest.raises(ModelError, match="does not trust"):
            _ = load(folder).estimator

    @pytest.mark.parametrize("name", FILES)
    def test_the_command_says_so(
        self,
        folder: Path,
        name: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
    ) -> None:
        """`unspin check` with a broken model is one sentence on standard error and exit code 2."""
        (folder / name).write_bytes(b"{")
        monkeypatch.setattr("detector.model.embedded", lambda: load(folder))
        article = tmp_path / "story.txt"
        article.write_text("The mayor said on Monday that the bridge would stay closed.\n" * 20, "utf-8")
        assert main(["check", str(article)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("unspin: ")
        assert err.count("\n") == 1
        assert name in err


def rename_in_manifest(folder: Path, name: str) -> None:
    """Let the manifest name a file as it now is: what a forger would do."""
    manifest = read_manifest(folder / MANIFEST)
    write_manifest(replace(manifest, files={**manifest.files, name: sha256(folder / name)}), folder / MANIFEST)
