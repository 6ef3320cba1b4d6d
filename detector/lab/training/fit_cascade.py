"""The training stage of the second stage: what the reader adds to a model that is trained.

The regression over the reader's columns is fitted on ``fit`` stories that the reader has not read
(:func:`detector.lab.training.reader.stories.kept_apart`), on their rewrites, and on rewrites by real tools. The regression
that joins both stages, the thresholds, and the regressions for words and sentences use the ``calibrate`` stories.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from detector.cascade import Cascade, Joined
from detector.errors import DataError
from detector.lab.data.corpus import held_out, sets_in
from detector.lab.data.stories import Article, count_words, group_of, human_articles
from detector.lab.spinners import Spinner
from detector.lab.spinners.wordnet import nouns, wordnet_is_installed, wordnet_thesaurus
from detector.lab.training.calibration import CHECKERS, blank_grammar, set_thresholds
from detector.lab.training.fit_places import fit_places
from detector.lab.training.reader import any_part
from detector.lab.training.reader.stories import kept_apart
from detector.lab.training.training_sets import (
    MIN_WORDS,
    NEWS,
    OTHER_HUMAN,
    SHIPPED,
    SWAP,
    Amounts,
    held_articles,
    judgeable,
    place_articles,
    spin_articles,
    trained_spinners,
)
from detector.manifest import Manifest, sha256, write
from detector.measuring import open_reader
from detector.model import HUMAN, MANIFEST, READER, Model, expit, load
from detector.rows import measure_texts
from detector.verdict import REGISTER, Thresholds
from features.reader import Reader

Floats = NDArray[np.float64]

OTHER_KINDS = ("wild-human", "detectrl", "mixset", "llm-rewrites", "pan-mturk-spun")
"""Sets with human copy of kinds that the news sets lack: local papers, opinion, speeches, scientific abstracts, fiction,
reviews, gossip, old prose. A reader that learnt from news finds their words odd."""

WILD_SPUN = "wild-spun"
"""Pages that real spinners wrote."""

NOT_NEWS = {"detectrl: arxiv", "detectrl: writing-prompt", "mixset: paper_abstract", "pan-mturk-spun"}
"""Groups of human copy that is no news: abstracts, fiction, old prose. They are few and the reader finds them oddest, so
each counts :data:`WEIGHTS` times, over the reader's columns and when both stages are joined."""

WEIGHTS = (8.0, 5.0)

PENALTY = 0.03
"""Inverse strength of the ridge penalty over the reader's columns."""

CLIPPED = 0.002
"""Share of extreme values of a column that are clipped at either end."""

LOST = 0.005
"""Share of the rewrites that both stages flag together which ``auto`` may lose, because it does not read them."""

CHECKER = "harper"
"""The grammar checker that measures the calibration stories."""

QUIET = 0.8
"""Share of human copy whose log-odds by the reader count as one and the same low value."""

EACH_SET = 150
"""Most human articles of a set on which the regression over the reader's columns is fitted."""

_CHEAP = "articles"


SPUN_RATE, SUSPECT_RATE = 0.002, 0.02
"""False positive rates for which the thresholds of both stages together are set."""


def fit_cascade(
    data: Path,
    out: Path,
    *,
    seed: int,
    jobs: int,
    progress: Callable[[str], None],
    amounts: Amounts = SHIPPED,
    leave_out: frozenset[str] = frozenset(),
) -> Manifest:
    """Add the second stage to the model in a folder, whose tables hold the reader's file.

    Parameters
    ----------
    out : Path
        A clone of unspin, or a folder that ``unspin train`` wrote. Its manifest is replaced.
    leave_out : frozenset of str
        Families of rewriting that no part of the model may see.

    Raises
    ------
    DataError
        If the data folder lacks something.
    ModelError
        If the model or the reader is missing or damaged.
    """
    tables, artefact = out / "features" / "tables", out / "detector" / "artefact"
    model = load(artefact, tables=tables)
    spinners = trained_spinners(data, leave_out)
    fit = reader_articles(data, spinners, leave_out=leave_out, seed=seed)
    held = [
        *held_articles(data, spinners, amounts, leave_out=leave_out, seed=seed, jobs=jobs),
        *other_kinds(data, "calibrate", seed),
    ]
    for role, articles in (("fit", fit), ("calibrate", held)):
        if {a.kind == HUMAN for a in articles} != {True, False}:
            raise DataError(
                f"{data} has too few stories of the role {role} for the second stage. It needs human copy that the reader "
                f"has not read, and rewrites of it. Remove {READER} from {tables} to train without a reader."
            )
    progress(f"reader: {len(fit):,} articles to fit, {len(held):,} to calibrate")
    rows = measure_texts(
        [a.text for a in fit],
        grammar="none",
        features=_CHEAP,
        min_words=MIN_WORDS,
        tables=tables,
        jobs=jobs,
        reader=True,
    )
    progress("reader: measured those to fit")
    width = len(Reader.columns)
    head = fit_head(rows.values[:, -width:], np.array([a.kind != HUMAN for a in fit]), weights_of(fit, WEIGHTS[0]))
    held_rows = measure_texts(
        [a.text for a in held], grammar=CHECKER, min_words=MIN_WORDS, tables=tables, jobs=jobs, reader=True
    ).values
    progress("reader: measured those to calibrate")
    cascade = calibrated(model, head, held, held_rows)
    staged = replace(model, manifest=replace(model.manifest, cascade=cascade))

    def score(row: Floats, words: int) -> float:
        return staged.score(row, CHECKER, words).log_odds

    # The reader marks function words, too, so a spinner that replaces them belongs here.
    if wordnet_is_installed():
        spinners[any_part.NAME] = any_part.AnyPart(wordnet_thesaurus(), nouns())
    word, sentence = fit_places(
        place_articles(data, amounts, seed), tables, spinners, score, CHECKER, seed, open_reader(tables)
    )
    manifest = replace(
        model.manifest,
        cascade=replace(cascade, word=word, sentence=sentence),
        files={**model.manifest.files, **{path.name: sha256(path) for path in tables.iterdir()}},
        created=datetime.now(UTC).date().isoformat(),
    )
    write(manifest, artefact / MANIFEST)
    return manifest


def reader_articles(
    data: Path, spinners: Mapping[str, Spinner], *, leave_out: frozenset[str] = frozenset(), seed: int
) -> list[Article]:
    """Human copy of ``fit`` stories that the reader has not read, with rewrites by word lists.

    Rewrites by language models and translation engines are left out: their words fit their sentences, and a regression
    that had to find them would flag good prose.
    """
    there = sets_in(data)
    human: list[Article] = []
    for name in (n for n in (*NEWS, *OTHER_HUMAN) if n in there):
        human += human_articles(data, "fit", [name], most=EACH_SET, seed=seed, wanted=lambda s: kept_apart(s.group))
    human = [a for a in human if judgeable(a.text)]
    once, twice = (spin_articles(human, spinners, seed + lap) for lap in (0, 1))
    human += other_kinds(data, "fit", seed)
    spun = [a for a in (*once, *twice) if a.kind != HUMAN]
    if WILD_SPUN in there and not leave_out:
        spun += [
            Article(s.key, s.text, WILD_SPUN, group_of(s), s.group, count_words(s.text))
            for s in held_out(data, WILD_SPUN)
            if s.role == "fit" and s.label == "spun"
        ]
    return [*human, *(a for a in spun if judgeable(a.text))]


def other_kinds(data: Path, role: str, seed: int) -> list[Article]:
    """Human copy of one role, of the kinds that the news sets lack."""
    there = [name for name in OTHER_KINDS if name in sets_in(data)]
    return [a for a in human_articles(data, role, there, most=EACH_SET, seed=seed) if judgeable(a.text)]


@dataclass(frozen=True)
class Head:
    """The regression over the reader's columns; fields as in :class:`~detector.cascade.Cascade`."""

    typical: Floats
    low: Floats
    high: Floats
    coefficients: Floats
    intercept: float

    def log_odds(self, rows: Floats) -> Floats:
        """Log-odds of articles, shape (articles,)."""
        return np.asarray((np.clip(rows, self.low, self.high) - self.typical) @ self.coefficients + self.intercept)


def weights_of(articles: Sequence[Article], weight: float) -> Floats:
    """The weight of each article in a regression: ``weight`` for human copy that is no news, else 1."""
    return np.array([weight if a.kind == HUMAN and a.group in NOT_NEWS else 1.0 for a in articles])


def fit_head(rows: Floats, spun: NDArray[np.bool_], weight: Floats) -> Head:
    """Fit the regression over the reader's columns.

    Parameters
    ----------
    rows : ndarray, shape (articles, columns)
    spun : ndarray of bool, shape (articles,)
    weight : ndarray, shape (articles,)
    """
    low, high = np.quantile(rows, [CLIPPED, 1 - CLIPPED], axis=0)
    pipeline = make_pipeline(
        StandardScaler(), LogisticRegression(C=PENALTY, max_iter=5000, class_weight="balanced")
    ).fit(np.clip(rows, low, high), spun, logisticregression__sample_weight=weight)
    scaler, regression = pipeline[0], pipeline[-1]
    typical = np.median(rows[~spun], axis=0)
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] + (typical - scaler.mean_) @ coefficients)
    return Head(typical, low, high, coefficients, intercept)


def calibrated(model: Model, head: Head, held: Sequence[Article], rows: Floats) -> Cascade:
    """Join both stages and set the thresholds. The regressions for words and sentences are still those of the first.

    Parameters
    ----------
    model : Model
        The model of the first stage.
    head : Head
        The regression over the reader's columns.
    held : sequence of Article
        Human copy and rewrites of ``calibrate`` stories.
    rows : ndarray, shape (articles, columns + reader's columns)
    """
    manifest, width = model.manifest, len(model.manifest.columns)
    human = np.array([a.kind == HUMAN for a in held])
    words = np.array([a.words for a in held], float)
    groups = [a.group.split(":")[0] for a in held]
    register = rows[:, manifest.columns.index(REGISTER)]
    # The word swap is a training aid. Probabilities describe rewriters that people use.
    met = np.array([a.kind != SWAP for a in held])
    first = {
        checker: manifest.calibration[checker].log_odds(
            model.weights.log_odds(rows[:, :width] if scores else blank_grammar(manifest.columns, rows[:, :width])),
            words,
        )
        for checker, scores in CHECKERS.items()
    }
    of_reader = head.log_odds(rows[:, width:])
    floor = float(np.quantile(of_reader[human], QUIET))
    inputs = Joined.inputs(first[CHECKER], np.maximum(of_reader, floor), words)
    fitted = LogisticRegression(C=1e4, max_iter=5000, class_weight="balanced").fit(
        inputs[met], ~human[met], weights_of(held, WEIGHTS[1])[met]
    )
    cascade = Cascade(
        columns=tuple(column.name for column in Reader.columns),
        typical=tuple(head.typical.tolist()),
        low=tuple(head.low.tolist()),
        high=tuple(head.high.tolist()),
        coefficients=tuple(head.coefficients.tolist()),
        intercept=head.intercept,
        floor=floor,
        joined=Joined(*(float(c) for c in (*fitted.coef_[0], fitted.intercept_[0]))),
        thresholds=manifest.thresholds,
        read_from=0.0,
        word=(),
        sentence=(),
    )
    staged = replace(model, manifest=replace(manifest, cascade=cascade))
    thresholds: dict[str, Thresholds] = {}
    read_from = np.inf
    for checker, scores in CHECKERS.items():
        used = rows if scores else blank_grammar((*manifest.columns, *cascade.columns), rows)
        scored = [staged.score(row, checker, int(n)) for row, n in zip(used, words.tolist(), strict=True)]
        probability = np.array([s.probability for s in scored])
        thresholds[checker] = set_thresholds(
            probability[human],
            [g for g, h in zip(groups, human.tolist(), strict=True) if h],
            register[human],
            manifest.thresholds[checker].news_floor,
            rates=(SPUN_RATE, SUSPECT_RATE),
        )
        flagged = ~human & met & (probability >= thresholds[checker].suspect)
        read_from = min(read_from, float(np.quantile(first[checker][flagged], LOST)))
    lowest = min(at.suspect for at in thresholds.values())
    return replace(cascade, thresholds=thresholds, read_from=min(expit(read_from), lowest))
