"""Confidence intervals: Wilson intervals for shares, and a bootstrap over stories for curves.

Texts of one story are not independent, nor are those of one outlet in a set that is split by outlet. The bootstrap
therefore draws whole stories with replacement, on both sides of a comparison.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.intervals import NOTHING, Figure, wilson

__all__ = [
    "NOTHING",
    "REPLICATES",
    "Figure",
    "Floats",
    "Negatives",
    "paired_auroc",
    "share_by_story",
    "story_weights",
    "wilson",
]

Floats = NDArray[np.float64]

REPLICATES = 1000

FEWEST_STORIES = 5
"""Minimum number of stories for an interval."""

_TAILS = (0.025, 0.975)


def story_weights(stories: Sequence[str], replicates: int, seed: int) -> Floats:
    """The weight of each text in each bootstrap replicate over stories, shape (replicates, texts)."""
    names, member = np.unique(np.asarray(stories, dtype=object).astype(str), return_inverse=True)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=replicates)
    return drawn[:, member].astype(np.float64)


@dataclass(frozen=True)
class Negatives:
    """Scores of human copy, with which rewrites are compared.

    Parameters
    ----------
    scores : ndarray, shape (texts,)
        Scores on any scale; higher means more like a rewrite.
    stories : sequence of str
        The story of each text.
    replicates, seed : int
        Number of bootstrap replicates, and their seed.
    """

    scores: Floats
    stories: Sequence[str]
    replicates: int = REPLICATES
    seed: int = 0

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.scores, kind="stable")

    @cached_property
    def _sorted(self) -> Floats:
        return self.scores[self._order]

    @cached_property
    def _below(self) -> Floats:
        """The total weight of the texts before each rank. The first row is the sample itself."""
        weights = np.vstack(
            [np.ones(len(self.scores)), story_weights(self.stories, self.replicates, self.seed)[:, self._order]]
        )
        return np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)

    def thresholds(self, rate: float) -> Floats:
        """The thresholds of the sample and of each replicate. At most a share ``rate`` of the negatives exceeds them.

        >>> float(Negatives(np.arange(100.0), [str(i) for i in range(100)], replicates=5).thresholds(0.01)[0])
        98.0
        """
        total = self._below[:, -1:]
        from_here = total - self._below[:, :-1]
        last = (from_here > rate * total + 1e-9).sum(axis=1) - 1
        return np.asarray(self._sorted[np.maximum(last, 0)])

    def auroc(self, scores: Floats, stories: Sequence[str]) -> Figure:
        """The probability that a rewrite scores above a human article. A tie counts half."""
        if not len(scores) or not len(self.scores):
            return NOTHING
        weights = self._positives(stories)
        left, right = (np.searchsorted(self._sorted, scores, side) for side in ("left", "right"))
        below = (self._below[:, left] + self._below[:, right]) / 2
        return _figure((weights * below).sum(axis=1) / weights.sum(axis=1) / self._below[:, -1], stories)

    def found(self, scores: Floats, stories: Sequence[str], rate: float) -> Figure:
        """The true positive rate at the false positive rate ``rate``."""
        if not len(scores) or not len(self.scores):
            return NOTHING
        weights = self._positives(stories)
        above = scores[None, :] > self.thresholds(rate)[:, None]
        return _share((weights * above).sum(axis=1) / weights.sum(axis=1), stories)

    def _positives(self, stories: Sequence[str]) -> Floats:
        drawn = story_weights(stories, self.replicates, self.seed + 1)
        return np.vstack([np.ones(len(stories)), drawn])


def share_by_story(
    flags: Sequence[bool], stories: Sequence[str], *, replicates: int = REPLICATES, seed: int = 1
) -> Figure:
    """The share of texts with a flag. Its interval is over stories, because rewrites of one story are not independent.

    >>> share_by_story([True, True, False, False] * 10, [f"{i // 2}" for i in range(40)]).value
    0.5
    >>> [round(end, 2) for end in share_by_story([True] * 40, [f"{i // 4}" for i in range(40)])]
    [1.0, 0.72, 1.0]
    """
    if not len(flags):
        return NOTHING
    weights = np.vstack([np.ones(len(flags)), story_weights(stories, replicates, seed)])
    return _share((weights * np.asarray(flags, bool)).sum(axis=1) / weights.sum(axis=1), stories)


def _figure(values: Floats, stories: Sequence[str]) -> Figure:
    """A figure from the value of the sample, which comes first, and those of the replicates."""
    enough = len(values) > 1 and len(set(stories)) >= FEWEST_STORIES
    low, high = np.quantile(values[1:], _TAILS) if enough else (np.nan, np.nan)
    return Figure(float(values[0]), float(low), float(high))


def _share(values: Floats, stories: Sequence[str]) -> Figure:
    """As :func:`_figure`, but widened by Wilson's interval for shares of 0 and 1, whose replicates are all equal."""
    figure = _figure(values, stories)
    if math.isnan(figure.low) or 0 < figure.value < 1:
        return figure
    of = len(set(stories))
    known = wilson(round(figure.value * of), of)
    return Figure(figure.value, min(figure.low, known.low), max(figure.high, known.high))


def paired_auroc(scores: Floats, originals: Floats) -> float:
    """The AUROC of all rewrites against all human originals; NaN if either is empty."""
    if not len(scores) or not len(originals):
        return float("nan")
    ordered = np.sort(originals)
    left, right = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    return float((left + right).mean() / 2 / len(originals))
