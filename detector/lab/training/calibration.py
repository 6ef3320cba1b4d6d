"""Probabilities, thresholds and percentiles, set on held-out stories (role ``calibrate``)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from detector.calibration import Calibration
from detector.classifier import calibrate
from detector.lab.data.stories import Article
from detector.lab.training.recalibration import SPUN_RATE, SUSPECT_RATE, threshold_above
from detector.lab.training.training_sets import NEWS, SWAP
from detector.model import HUMAN, Weights
from detector.quality import PARTS
from detector.verdict import NO_FLOOR, REGISTER, Thresholds
from features.grammar import Grammar

GROUP_RATE = 0.008
"""Highest rate at which any one kind of human copy may be wrongly flagged ``spun``, on the calibration stories."""

GROUP_LEAST = 150
"""Fewest articles of a kind for :data:`GROUP_RATE` to apply. In a smaller kind, a single article would decide."""

UNLIKE_NEWS = 0.02
"""Share of reporters' copy, the least written like news, that may not be flagged ``spun``. The same limit protects
essays, papers and fiction, because error rates were measured on news only."""

KINDS_OF_HUMAN = {
    "esl-ellipse": "learners",
    "esl-jfleg": "learners",
    "esl-m2": "learners",
    "mrpc": "human rewriting",
    "onestop": "human rewriting",
    "turkcorpus-human-simplified": "human rewriting",
}
"""Set -> the kind of human copy it counts as when thresholds are set."""

CHECKERS = {"harper": True, "languagetool": False, "none": False}
"""Grammar checker -> whether its findings count towards the probability. LanguageTool's are only shown, because no
model was fitted on them."""


@dataclass(frozen=True)
class CheckerFigures:
    """A model's figures with one grammar checker, as the manifest records them.

    Parameters
    ----------
    reference : dict
        Column of a part of the quality score -> its 101 percentiles over news, ascending.
    metrics : dict
        AUROC, and the true positive rate at the threshold of ``spun``.
    """

    thresholds: Thresholds
    calibration: Calibration
    reference: dict[str, list[float]]
    metrics: dict[str, float]


def figures_by_checker(
    columns: Sequence[str], weights: Weights, held: Sequence[Article], rows: NDArray[np.float64]
) -> dict[str, CheckerFigures]:
    """Calibrate a classifier for each of :data:`CHECKERS`.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns of ``rows``.
    held : sequence of Article
        Held-out human copy and rewrites.
    rows : ndarray, shape (articles, columns)
        The articles' measurements with Harper.
    """
    human = np.array([a.kind == HUMAN for a in held])
    words = np.array([a.words for a in held], float)
    groups = [a.group.split(":")[0] for a in held]
    news = human & np.array([g in NEWS for g in groups])
    register = list(columns).index(REGISTER)
    floor = float(np.nanquantile(rows[news, register], UNLIKE_NEWS))
    # The word swap is a training aid. Probabilities describe rewriters that people use.
    met = np.array([a.kind != SWAP for a in held])
    found = {}
    for checker, scores in CHECKERS.items():
        measured = rows if scores else blank_grammar(columns, rows)
        log_odds = weights.log_odds(measured)
        calibration = replace(calibrate(log_odds[met], words[met], ~human[met]), grammar=scores)
        probability = apply(calibration, log_odds, words)
        thresholds = set_thresholds(
            probability[human],
            [g for g, h in zip(groups, human, strict=True) if h],
            measured[human, register],
            floor,
        )
        of_news = {part.column: measured[news, list(columns).index(part.column)] for part in PARTS}
        found[checker] = CheckerFigures(
            thresholds=thresholds,
            calibration=calibration,
            reference={
                column: np.nanquantile(values, np.linspace(0, 1, 101)).tolist()
                for column, values in of_news.items()
                if not np.isnan(values).all()
            },
            metrics={
                "auroc": round(float(roc_auc_score(~human, log_odds)), 4),
                "found": round(float((probability[~human] >= thresholds.spun).mean()), 4),
            },
        )
    return found


def blank_grammar(columns: Sequence[str], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """A copy of the rows with NaN in the grammar columns, as without a grammar checker."""
    names = {c.name for c in Grammar(None).columns}
    blank = rows.copy()
    blank[:, [i for i, c in enumerate(columns) if c in names]] = np.nan
    return blank


def apply(calibration: Calibration, log_odds: NDArray[np.float64], words: NDArray[np.float64]) -> NDArray[np.float64]:
    """Calibrated probabilities of articles, given their log-odds and numbers of words."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(calibration.log_odds(log_odds, words), -500, 500))))


def set_thresholds(
    probability: NDArray[np.float64],
    groups: Sequence[str],
    register: NDArray[np.float64] | None = None,
    floor: float = NO_FLOOR,
    *,
    rates: tuple[float, float] = (SPUN_RATE, SUSPECT_RATE),
) -> Thresholds:
    """Thresholds that keep false positives at the stated rates, and within :data:`GROUP_RATE` in every large group.

    Parameters
    ----------
    probability : ndarray, shape (articles,)
        Probabilities of held-out human copy.
    groups : sequence of str
        Who wrote each article.
    register : ndarray, shape (articles,), optional
        Log-odds that each article is written like news; NaN if unknown.
    floor : float
        Articles with lower register log-odds may not be flagged ``spun``.
    rates : (float, float)
        False positive rates for ``spun`` and for ``suspect`` or higher.
    """
    everybody = probability
    suspect = threshold_above(everybody, rates[1])
    if register is not None:
        probability = np.where(register < floor, 0.0, probability)
    spun = threshold_above(probability, rates[0])
    names = np.array([KINDS_OF_HUMAN.get(g, g) for g in groups])
    for name in sorted(set(names)):
        own = probability[names == name]
        if len(own) >= GROUP_LEAST:
            spun = max(spun, threshold_above(own, GROUP_RATE))
    suspect = min(suspect, spun)
    return Thresholds(
        suspect=suspect,
        spun=spun,
        suspect_rate=round(float((everybody >= suspect).mean()), 5),
        spun_rate=round(float((probability >= spun).mean()), 5),
        articles=len(probability),
        news_floor=floor,
    )
