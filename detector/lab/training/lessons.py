"""What the article classifier is fitted on, with columns that have not seen the very articles they are of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.lab.data.rewrites import WRITTEN
from detector.lab.data.stories import Article
from detector.lab.spinners import family
from detector.model import HUMAN
from features.phrasing import Phrasing

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """Articles to fit the classifier on.

    Parameters
    ----------
    articles : tuple of Article
        Human copy and rewrites.
    phrasing : ndarray, shape (articles, columns of :class:`~features.phrasing.Phrasing`)
        What stands for the measured value where an article taught that column; NaN elsewhere.
    """

    articles: tuple[Article, ...]
    phrasing: Floats

    @property
    def texts(self) -> list[str]:
        """The texts, in order."""
        return [a.text for a in self.articles]

    @property
    def kinds(self) -> list[str]:
        """The classifier's class of each article."""
        return [HUMAN if a.kind == HUMAN else family(a.kind).kind for a in self.articles]

    def rows(self, columns: Sequence[str], measured: Floats) -> Floats:
        """The measured rows (articles, columns), with what was cross-fitted in its place."""
        rows = measured.copy()
        for column, own in zip(Phrasing.columns, self.phrasing.T, strict=True):
            at = list(columns).index(column.name)
            rows[:, at] = np.where(np.isnan(own), rows[:, at], own)
        return rows


def lesson_of(
    articles: Sequence[Article], rewrites: Sequence[Article], phrasing: Floats, judgeable: Callable[[str], bool]
) -> Lesson:
    """What the classifier learns from.

    Parameters
    ----------
    articles : sequence of Article
        Human copy and its rewrites by spinners, of whose stories no phrasing was learnt.
    rewrites : sequence of Article
        What phrasing was learnt from. Those that are of somebody's story, and long enough to be judged, go to the
        classifier; what language models wrote on their own does not.
    phrasing : ndarray, shape (rewrites, columns)
        Cross-fitted: :func:`detector.lab.training.fit_phrasing.fit_phrasing`.
    judgeable : callable
        Whether a text would be judged at all.
    """
    keep = np.array([a.kind != WRITTEN and judgeable(a.text) for a in rewrites], bool)
    blank = np.full((len(articles), phrasing.shape[1]), np.nan)
    kept = [a for a, k in zip(rewrites, keep.tolist(), strict=True) if k]
    return Lesson((*articles, *kept), np.concatenate([blank, phrasing[keep]]))
