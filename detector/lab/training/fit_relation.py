"""The judge of relations, fitted, calibrated and given its threshold: by pairs whose stories and events nobody tests.

Scores for calibration and threshold come from cross-validation by story and event: each pair is scored by a classifier
that saw neither. The final classifier then learns from all of them.
"""

import platform
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from detector.archive import open_archive
from detector.archive.engine import Archive
from detector.errors import DataError
from detector.lab.data.source_pairs import (
    SAME_OUTLET,
    SourcePair,
    copies,
    event_pairs,
    neighbour_pairs,
    partial_pairs,
    real_pairs,
    reference_stories,
    simulated_pairs,
)
from detector.manifest import sha256
from detector.tracing.columns import NAMES, measure_pair
from detector.tracing.digest import digest
from detector.tracing.judge import (
    FOLDER,
    FORMAT,
    RelationManifest,
    RelationWeights,
    Trees,
    write_judge,
)
from detector.tracing.relation import COPY, NONE, REWRITE, SHARED, Relation
from detector.tracing.sentences import align_sentences
from detector.tracing.word_weights import WordWeights, embedded_weights, weights_of_tables

Floats = NDArray[np.float64]

TREES, LEAVES, RATE = 120, 12, 0.08
"""Trees of an ensemble, leaves of a tree, and the share of each tree's answer that counts."""

_FEWER = 40
"""Trees of the two smaller questions."""

RISING = (
    "cosine",
    "article_words_found",
    "plain_words_found",
    "mean_similarity",
    "contrast",
    "coverage_weak",
    "coverage",
    "coverage_strong",
    "source_coverage_near",
    "order_of_sentences",
    "sentences_in_order",
    "order_of_words",
    "neighbours_kept",
    "same_short_runs_unquoted",
)
"""Columns of which more can only speak for a source: less in common must never make an article look more derived."""

SHARED_COSINE = 0.3
"""A neighbour that has so much in common reports the same event or topic: ``shared_source``, and below it ``none``."""

SETS = ("detectrl", "mixset", "ai-polished", "llm-rewrites", "onestop", "same-event")
"""Sets of pairs that the judge learns from, beside human copy."""

INDEPENDENT_RATE, UNRELATED_RATE = 1 / 200, 1 / 10_000
"""Share of independent reports of one event, and of other stories, that may be called copies or rewrites at most."""

_FOLDS = 5
_BATCH = 200


@dataclass(frozen=True)
class Amounts:
    """How many pairs of each kind are drawn of a role."""

    real: int = 120
    per_event: int = 40
    neighbours: int = 900
    copies: int = 400
    partial: int = 250
    simulated: int = 450


def training_pairs(data: Path, archive: Archive, amounts: Amounts, *, seed: int, jobs: int) -> list[SourcePair]:
    """The pairs of the roles ``fit`` and ``calibrate``."""
    pairs: list[SourcePair] = []
    for role in ("fit", "calibrate"):
        pairs += real_pairs(data, role, most=amounts.real, seed=seed)
        pairs += event_pairs(data, role, per_event=amounts.per_event, seed=seed)
        pairs += neighbour_pairs(data, archive, role, most=amounts.neighbours, seed=seed)
        pairs += copies(data, role, most=amounts.copies, seed=seed)
        pairs += partial_pairs(data, role, most=amounts.partial, seed=seed)
        pairs += simulated_pairs(data, role, bases=amounts.simulated, seed=seed, jobs=jobs)
    return [pair for pair in pairs if pair.relation]


def measure_pairs(pairs: Sequence[SourcePair], *, tables: Path | None = None, jobs: int = 1) -> Floats:
    """The columns of each pair, shape (pairs, columns)."""
    parts = [pairs[i : i + _BATCH] for i in range(0, len(pairs), _BATCH)]
    rows = Parallel(n_jobs=jobs)(delayed(_measure)(part, tables) for part in parts)
    return np.concatenate([*rows, np.empty((0, len(NAMES)))])


def _measure(pairs: Sequence[SourcePair], tables: Path | None) -> Floats:
    weights = embedded_weights() if tables is None else weights_of_tables(tables)
    return np.array([measured(pair.article, pair.source, weights) for pair in pairs])


def measured(article: str, source: str, weights: WordWeights) -> Floats:
    """The columns of one pair."""
    weights.tidy()
    here, there = digest(article, weights), digest(source, weights)
    return measure_pair(here, there, align_sentences(here, there))


@dataclass(frozen=True)
class Fitted:
    """A judge before it is written."""

    weights: RelationWeights
    threshold: float
    calibration: tuple[float, float]
    metrics: dict[str, Any]


def fit(pairs: Sequence[SourcePair], rows: Floats, *, seed: int) -> Fitted:
    """Fit, calibrate and set the threshold."""
    labels = labels_of(pairs, rows)
    groups = np.array([pair.story for pair in pairs])
    loads = loads_of(pairs, labels)
    scores = np.zeros(len(pairs))
    for train, test in GroupKFold(_FOLDS, shuffle=True, random_state=seed).split(rows, labels, groups):
        weights = fit_weights(rows[train], labels[train], loads[train])
        scores[test] = derived(weights, rows[test])
    weights = fit_weights(rows, labels, loads)
    truth = np.isin(labels, [COPY, REWRITE])
    calibration = _calibrate(scores, truth, loads)
    probability = _apply(scores, calibration)
    independent = np.array([pair.relation == SHARED for pair in pairs])
    unrelated = np.array([pair.relation == NONE and pair.family != SAME_OUTLET for pair in pairs])
    threshold = _threshold(probability, independent, unrelated)
    return Fitted(
        weights,
        threshold,
        calibration,
        {
            "pairs": dict(Counter(labels.tolist())),
            "found": _share(probability[truth] >= threshold),
            "independent_called_derived": _share(probability[independent] >= threshold),
            "unrelated_called_derived": _share(probability[unrelated] >= threshold),
            "found_by_family": {
                family: _share(probability[own] >= threshold)
                for family in sorted({p.family for p in pairs if p.relation in {COPY, REWRITE}})
                for own in [np.array([p.family == family for p in pairs])]
            },
        },
    )


def _share(flags: NDArray[np.bool_]) -> float | None:
    """None where the data folder has no such pair."""
    return round(float(flags.mean()), 5) if len(flags) else None


def labels_of(pairs: Sequence[SourcePair], rows: Floats) -> NDArray[np.str_]:
    """The relation that each pair teaches."""
    labels = np.array([str(pair.relation) for pair in pairs])
    near = (labels == NONE) & (rows[:, NAMES.index("cosine")] >= SHARED_COSINE)
    return np.where(near, str(SHARED), labels)


def fit_weights(rows: Floats, labels: NDArray[np.str_], loads: Floats) -> RelationWeights:
    """Fit the three ensembles."""
    made = np.isin(labels, [COPY, REWRITE])
    return RelationWeights(
        derived=_ensemble(rows, made, loads, TREES, rising=True),
        copy=_ensemble(rows[made], labels[made] == COPY, loads[made], _FEWER),
        shared=_ensemble(rows[~made], labels[~made] == SHARED, loads[~made], _FEWER),
    )


def _ensemble(rows: Floats, truth: NDArray[np.bool_], loads: Floats, trees: int, *, rising: bool = False) -> Trees:
    if truth.all() or not truth.any():
        leaf = np.zeros(1, np.int64)
        sure = 10.0 if len(truth) and truth.all() else -10.0
        return Trees(sure, leaf, leaf - 1, np.zeros(1), leaf, leaf, leaf, np.zeros(1))
    model = HistGradientBoostingClassifier(
        max_iter=trees,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=20,
        l2_regularization=5.0,
        early_stopping=False,
        monotonic_cst=[int(rising and name in RISING) for name in NAMES],
        random_state=0,
    )
    return trees_of(model.fit(rows, truth, sample_weight=loads / loads.mean()))


def trees_of(model: HistGradientBoostingClassifier) -> Trees:
    """A fitted two-class ensemble as numbers. A test holds the two to the same answers."""
    tables = [predictor.nodes for (predictor,) in model._predictors]  # noqa: SLF001 - scikit-learn shows the trees nowhere else
    starts = np.concatenate([[0], np.cumsum([len(t) for t in tables])]).astype(np.int64)
    nodes = np.concatenate(tables)
    shift = np.repeat(starts[:-1], [len(t) for t in tables])
    leaf = nodes["is_leaf"].astype(bool)
    return Trees(
        baseline=float(np.ravel(model._baseline_prediction)[0]),  # noqa: SLF001 - as above
        roots=starts[:-1],
        feature=np.where(leaf, -1, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).clip(-1e9, 1e9),
        left=np.where(leaf, 0, nodes["left"].astype(np.int64) + shift),
        right=np.where(leaf, 0, nodes["right"].astype(np.int64) + shift),
        missing_left=nodes["missing_go_to_left"].astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0),
    )


def derived(weights: RelationWeights, rows: Floats) -> Floats:
    """Uncalibrated probability of ``copy`` or ``rewrite``."""
    found = weights.probabilities(rows)
    return found[COPY] + found[REWRITE]


_SHARES = {REWRITE: 0.45, COPY: 0.1, SHARED: 0.25, NONE: 0.2}
"""What each relation weighs in the fit, whatever the number of its pairs."""


def loads_of(pairs: Sequence[SourcePair], labels: NDArray[np.str_]) -> Floats:
    """Weights of the pairs: within a relation a large family counts by the root of its size."""
    keys = list(zip(labels.tolist(), (p.family for p in pairs), strict=True))
    sizes = Counter(keys)
    raw = np.array([sizes[key] ** -0.5 for key in keys])
    for relation in Relation:
        own = labels == str(relation)
        raw[own] *= _SHARES[relation] * len(pairs) / max(raw[own].sum(), 1e-9)
    return raw


def _logit(probability: Floats) -> Floats:
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


def _calibrate(scores: Floats, truth: NDArray[np.bool_], loads: Floats) -> tuple[float, float]:
    """Platt's slope and shift, for articles of which half were made from the story."""
    balanced = np.where(truth, loads / loads[truth].sum(), loads / loads[~truth].sum())
    model = LogisticRegression(C=1e6).fit(_logit(scores)[:, None], truth, sample_weight=balanced * len(scores))
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _apply(scores: Floats, calibration: tuple[float, float]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(calibration[0] * _logit(scores) + calibration[1]))))


def _threshold(probability: Floats, independent: NDArray[np.bool_], unrelated: NDArray[np.bool_]) -> float:
    """The lowest probability that keeps both rates of false accusations; at least one half."""
    found = [0.5]
    for own, rate in ((independent, INDEPENDENT_RATE), (unrelated, UNRELATED_RATE)):
        ranked = np.sort(probability[own])[::-1]
        if len(ranked):
            # So many may lie at or above the threshold: half the rate, as a few dozen events say little about others.
            allowed = int(rate / 2 * len(ranked))
            found.append(float(np.nextafter(ranked[min(allowed, len(ranked) - 1)], 1.0)))
    return min(max(found), 1.0 - 1e-6)


def fit_relation(
    data: Path,
    out: Path,
    *,
    archive: Archive | None = None,
    tables: Path | None = None,
    amounts: Amounts | None = None,
    seed: int = 0,
    jobs: int = 2,
    progress: Callable[[str], None] = print,
) -> RelationManifest:
    """Make the judge of relations anew and write it to ``out/relation``.

    Parameters
    ----------
    archive : Archive, optional
        Of reference copy, in which neighbours are looked for; by default one is made and thrown away.
    tables : Path, optional
        Folder of the features' tables; by default the package's.

    Raises
    ------
    DataError
        If the data folder lacks something.
    """
    amounts = amounts or Amounts()
    if absent := _absent(data):
        raise DataError(
            f"{data} lacks {', '.join(absent)}. The judge of relations learns from these sets. docs/training-data.md "
            "describes them."
        )
    if archive is None:
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(open_archive(Path(folder) / "reference", create=True)) as made,
        ):
            progress(f"relation: archived {made.add(reference_stories(data)):,} stories of reference copy")
            pairs = training_pairs(data, made, amounts, seed=seed, jobs=jobs)
    else:
        pairs = training_pairs(data, archive, amounts, seed=seed, jobs=jobs)
    progress(f"relation: {len(pairs):,} pairs")
    rows = measure_pairs(pairs, tables=tables, jobs=jobs)
    return write_fitted(fit(pairs, rows, seed=seed), data, out, progress=progress)


def write_fitted(fitted: Fitted, data: Path, out: Path, *, progress: Callable[[str], None] = print) -> RelationManifest:
    """Write a fitted judge to ``out/relation``."""
    manifest = RelationManifest(
        format=FORMAT,
        columns=NAMES,
        threshold=fitted.threshold,
        calibration=fitted.calibration,
        training_data={n: sha256(data / n) for n in (f"{name}.jsonl.xz" for name in SETS) if (data / n).is_file()},
        metrics=fitted.metrics,
        versions={"python": platform.python_version(), **{p: version(p) for p in ("scikit-learn", "numpy", "unspin")}},
        created=datetime.now(UTC).date().isoformat(),
    )
    written = write_judge(fitted.weights, manifest, out / FOLDER)
    progress(f"relation: {fitted.metrics['found']:.1%} of copies and rewrites found in cross-validation")
    return written


def can_fit(data: Path) -> bool:
    """Whether the data folder has the pairs of real rewrites and of independent reports, without which no judge is made."""
    return not _absent(data)


def _absent(data: Path) -> list[str]:
    return [f"{name}.jsonl.xz" for name in SETS if not (data / f"{name}.jsonl.xz").is_file()]


def without_columns(rows: Floats, names: Iterable[str]) -> Floats:
    """The rows as they are without some columns: ablated ones say nothing."""
    blank = rows.copy()
    blank[:, [NAMES.index(name) for name in names]] = 0.0
    return blank
