"""A scikit-learn estimator that finds the sources of articles."""

import shutil
import tempfile
import weakref
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from detector.archive import open_archive
from detector.archive.engine import Archive
from detector.archive.story import ArchivedStory
from detector.estimator import texts_of
from detector.tracing.answer import Trace
from detector.tracing.relation import Relation
from detector.tracing.tracer import Tracer


class SourceFinder(BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Finds the stories that articles were made from.

    Parameters
    ----------
    archive : str or Path, optional
        The place of an archive. Without one, :meth:`fit` builds one from the given stories.
    n_candidates : int
        Number of stories to look at for each article. Those that are close enough are compared in full.

    Attributes
    ----------
    archive_ : Archive
        The archive that :meth:`fit` opened.
    """

    def __init__(self, archive: str | Path | None = None, *, n_candidates: int = 5) -> None:
        self.archive = archive
        self.n_candidates = n_candidates

    def fit(self, X: Iterable[str | ArchivedStory] | None = None, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's signature
        """Open the archive, or build one from stories: texts or :class:`~detector.archive.ArchivedStory`.

        Raises
        ------
        ArchiveError
            If the archive cannot be opened.
        ValueError
            If there is neither an archive nor a story.
        """
        if self.archive is not None:
            self.archive_: Archive = open_archive(self.archive)
            return self
        if X is None or isinstance(X, str):
            raise ValueError("X is no list of stories: give texts, or name an archive")
        stories = (s if isinstance(s, ArchivedStory) else ArchivedStory(str(n), s) for n, s in enumerate(X))
        first = next(stories, None)
        if first is None:
            raise ValueError("X holds 0 stories: give at least one, or name an archive")
        folder = tempfile.mkdtemp(prefix="unspin-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        place = Path(folder) / "stories"
        with closing(open_archive(place, create=True)) as made:
            made.add(chain([first], stories))
        self.archive_ = open_archive(place)
        return self

    def find(self, X: Iterable[str]) -> list[Trace]:
        """Return the full trace of each article."""
        if not hasattr(self, "archive_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("This SourceFinder is not fitted yet: call fit() first, with stories or an archive.")
        tracer = Tracer(self.archive_, most=self.n_candidates)
        return [tracer.trace(text) for text in texts_of(X)]

    def predict(self, X: Iterable[str]) -> NDArray[Any]:
        """Return the relation of each article to its best source, shape (n_samples,)."""
        return np.array([str(t.best.relation if t.best is not None else Relation.NONE) for t in self.find(X)])

    def predict_source(self, X: Iterable[str]) -> NDArray[Any]:
        """Return the id of each article's best source, or "" if there is none, shape (n_samples,)."""
        return np.array([t.found[0].story.id if t.found else "" for t in self.find(X)])

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Return the probabilities that each article rewrites no or some archived story, shape (n_samples, 2)."""
        rewrite = np.array([max((s.probability for s in t.sources), default=0.0) for t in self.find(X)])
        return np.stack([1.0 - rewrite, rewrite], axis=1)

    def __sklearn_is_fitted__(self) -> bool:
        """Whether an archive is open."""
        return hasattr(self, "archive_")

    def __sklearn_tags__(self) -> Tags:
        """Declare that the estimator takes texts, not matrices."""
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.no_validation = True
        return tags
