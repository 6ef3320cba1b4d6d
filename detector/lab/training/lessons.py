"""The training set of the article classifier, with cross-fitted phrasing columns."""

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
    """The training set of the article classifier.

    Parameters
    ----------
    articles : tuple of Article
        Human copy and rewrites.
    phrasing : ndarray, shape (articles, columns of :class:`~features.phrasing.Phrasing`)
        Cross-fitted values for the articles that the phrasing table was fitted on; NaN for all others.
    """

    articles: tuple[Article, ...]
    phrasing: Floats

    @property
    def texts(self) -> list[str]:
        """The articles' texts."""
        return [a.text for a in self.articles]

    @property
    def kinds(self) -> list[str]:
        """The classifier's class of each article."""
        return [HUMAN if a.kind == HUMAN else family(a.kind).kind for a in self.articles]

    def rows(self, columns: Sequence[str], measured: Floats) -> Floats:
        """The measured rows (articles, columns), with the cross-fitted values in place of the measured ones."""
        rows = measured.copy()
        for column, own in zip(Phrasing.columns, self.phrasing.T, strict=True):
            at = list(columns).index(column.name)
            rows[:, at] = np.where(np.isnan(own), rows[:, at], own)
        return rows


def lesson_of(
    articles: Sequence[Article], rewrites: Sequence[Article], phrasing: Floats, judgeable: Callable[[str], bool]
) -> Lesson:
    """Builds the training set.

    Parameters
    ----------
    articles : sequence of Article
        Human copy and its rewrites by spinners. The phrasing table was not fitted on their stories.
    rewrites : sequence of Article
        The articles that the phrasing table was fitted on. The training set leaves out those that are too short to
        judge, and those that a language model wrote without an original.
    phrasing : ndarray, shape (rewrites, columns)
        Cross-fitted values from :func:`detector.lab.training.fit_phrasing.fit_phrasing`.
    judgeable : callable
        Whether unspin would judge a text or abstain.
    """
    keep = np.array([a.kind != WRITTEN and judgeable(a.text) for a in rewrites], bool)
    blank = np.full((len(articles), phrasing.shape[1]), np.nan)
    kept = [a for a, k in zip(rewrites, keep.tolist(), strict=True) if k]
    return Lesson((*articles, *kept), np.concatenate([blank, phrasing[keep]]))
