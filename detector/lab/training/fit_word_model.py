"""Stage three of training: the word model, fitted on rewritten stories with known changes."""

import random
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from detector.lab.spinners import Change, Spinner
from detector.lab.training.confusions import Lifts
from features.document import Document
from features.language_model.ngrams import Floats
from features.language_model.windows import Resources, Windows, load_resources, measure_windows
from features.language_model.word_model import WordModel

RATES = (1.0, 0.6, 0.3, 0.15)
"""Rates of replaced words, drawn evenly. Content farms lower the rate to keep their articles readable."""

UNMET_SHARE = 0.5
"""Share of the stories measured with lifts that exclude the rewriter's word list; see ``lifts``."""

SPINS = 2
"""Rewrites of each story, in addition to the story itself."""

NETWORKS = 5
"""Networks whose log-odds are averaged. A single one's true positive rate on light rewrites depends on its seed."""

ROUNDS = 12
"""Epochs of training for each network."""

BATCH = 25


def labels(document: Document, windows: Windows, changes: Sequence[Change]) -> NDArray[np.bool_]:
    """Which of the windows' words lie inside a change, shape (words,)."""
    starts = document.bounds[windows.token, 0]
    changed = np.zeros(len(starts), bool)
    for change in changes:
        changed[np.searchsorted(starts, change.start) : np.searchsorted(starts, change.end)] = True
    return changed


def word_rows(
    texts: Sequence[str],
    spinners: Sequence[Spinner],
    tables: Path,
    *,
    weights: Sequence[float],
    lifts: Sequence[Lifts],
    spun: Sequence[bool],
    seed: int,
    jobs: int,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Inputs and labels of all words in the texts and their rewrites.

    Parameters
    ----------
    spinners : sequence of Spinner
        :data:`SPINS` of them are drawn for each text.
    weights : sequence of float
        Relative frequency at which each spinner is drawn.
    lifts : sequence of Lifts
        For each spinner, the lifts counted on spinners with other lists. :data:`UNMET_SHARE` of the texts are measured
        with them, so that the model learns how reliable a lift is for a held-out rewriter.
    spun : sequence of bool
        Which texts are also rewritten. The others serve as human copy only.

    Returns
    -------
    inputs : ndarray of float32, shape (words, inputs)
    changed : ndarray of bool, shape (words,)
    """
    items = [(f"{seed} {i}", text, flag) for i, (text, flag) in enumerate(zip(texts, spun, strict=True))]
    batches = [items[i : i + BATCH] for i in range(0, len(items), BATCH)]
    parts = Parallel(n_jobs=jobs)(delayed(_word_rows)(batch, spinners, weights, lifts, tables) for batch in batches)
    return np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])


def _word_rows(
    items: Sequence[tuple[str, str, bool]],
    spinners: Sequence[Spinner],
    weights: Sequence[float],
    lifts: Sequence[Lifts],
    tables: Path,
) -> tuple[Floats, NDArray[np.bool_]]:
    whole = _resources(tables)
    others = [
        replace(whole, alternatives=replace(whole.alternatives, lift=own.words), phrase_lifts=own.phrases)
        for own in lifts
    ]
    inputs, changed = [], []
    for seed, text, spin in items:
        rng = random.Random(seed)
        drawn = rng.choices(range(len(spinners)), weights, k=SPINS)
        unmet = rng.random() < UNMET_SHARE
        versions: list[tuple[str, Sequence[Change], int]] = [(text, (), drawn[0])]
        if spin:
            for which in drawn:
                made = spinners[which].spin(text, rng, rng.choice(RATES))
                versions.append((made.text, made.changes, which))
        for version, changes, which in versions:
            resources = others[which] if unmet else whole
            document = Document(version)
            windows = measure_windows(document, resources)
            inputs.append(windows.inputs)
            changed.append(labels(document, windows, changes))
    return np.concatenate(inputs), np.concatenate(changed)


@cache
def _resources(tables: Path) -> Resources:
    return load_resources(tables)


def fit_word_model(
    inputs: Floats, changed: NDArray[np.bool_], *, seed: int, jobs: int, progress: Callable[[str], None]
) -> WordModel:
    """Fit the networks to inputs of shape (words, inputs) and labels of shape (words,)."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    standard = np.clip((inputs - mean) / scale, -5.0, 5.0).astype(np.float32)
    networks = list(
        Parallel(n_jobs=jobs)(
            delayed(_fit_network)(standard, changed, seed * NETWORKS + number) for number in range(NETWORKS)
        )
    )
    loss = np.mean([network.loss_ for network in networks])
    progress(f"word model: {len(inputs):,} words, {NETWORKS} networks, {ROUNDS} rounds, mean log loss {loss:.4f}")
    layers = range(len(networks[0].coefs_))
    return WordModel(
        mean.astype(np.float32),
        scale.astype(np.float32),
        tuple(np.stack([n.coefs_[i] for n in networks]).astype(np.float32) for i in layers),
        tuple(np.stack([n.intercepts_[i][np.newaxis] for n in networks]).astype(np.float32) for i in layers),
    )


def _fit_network(inputs: Floats, changed: NDArray[np.bool_], seed: int) -> MLPClassifier:
    network = MLPClassifier(
        (64, 32),
        batch_size=2048,
        learning_rate_init=2e-3,
        alpha=1e-5,
        max_iter=ROUNDS,
        tol=0.0,
        n_iter_no_change=ROUNDS,
        random_state=seed,
    )
    # One thread multiplies layers this small faster than two that wait for each other.
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # Training stops before the loss converges, on purpose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(inputs, changed)
