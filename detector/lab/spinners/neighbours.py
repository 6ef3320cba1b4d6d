"""A word swap that uses word vectors instead of a thesaurus.

Such attacks (TextFooler, Jin et al. 2020; Alzantot et al. 2018) replace a word by its neighbours in a vector space,
which may have another or even the opposite meaning. :mod:`detector.lab.training.similarity` gives the vectors. A
detector trained only on thesauri knows only their words. From this family it learns that any word may be a substitute.
"""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from detector.lab.spinners.spun import Edit, Spun, write
from features.document import Document
from features.language_model.ngrams import Floats, NgramModel, plain_forms

SHORTEST = 4
"""Fewest letters of a word that is swapped. Shorter ones are mostly function words."""

COMMONEST = 400_000
"""Words with at least this many occurrences in the reference copy count as function words and stay."""

NEAREST, LEAST_SIMILAR = 12, 0.45
"""Most neighbours kept for a word, and their lowest cosine similarity."""

SHARE = 0.6
"""Share of the words with neighbours that is swapped at the full rate: such tools leave most of a text unchanged."""

_ENDINGS = ("ed", "ing", "ly", "s")
_BATCH = 1000
_LEAN = 0.35


@dataclass(frozen=True)
class NeighbourSwap:
    """Swaps lower-case words for neighbours, the nearest most often. :func:`write_neighbours` writes ``path``."""

    tables: Path
    path: Path

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article."""
        ids, words, near = _lists(self.tables, self.path)
        document = Document(text)
        edits = []
        for form, span in zip(plain_forms(document), document.tokens, strict=True):
            others = near.get(ids.get(form, 0))
            if others is None or not text[span.start].islower() or rng.random() >= SHARE * rate:
                continue
            chosen = others[min(int(rng.expovariate(_LEAN)), len(others) - 1)]
            edits.append(Edit(span.start, span.end, words[int(chosen)]))
        return write(text, edits)


def write_neighbours(ngrams: NgramModel, vectors: Floats, path: Path) -> None:
    """Find the neighbours of every word and write them to a file.

    Parameters
    ----------
    ngrams : NgramModel
        Gives the vocabulary and the counts.
    vectors : ndarray of float32, shape (words, dimensions)
        Unit vectors of the most frequent words, by id.
    path : Path
        The ``.npz`` file to write.
    """
    words = list(ngrams.words[: len(vectors)])
    usable = np.array([word.isascii() and word.isalpha() and len(word) >= SHORTEST for word in words])
    usable &= ngrams.counts[: len(vectors)] < COMMONEST
    known = np.flatnonzero(usable)
    # Only words with the same ending are swapped, to keep the grammar.
    endings = np.array([next((i for i, e in enumerate(_ENDINGS, 1) if words[int(k)].endswith(e)), 0) for k in known])
    lengths, ids = [], []
    with threadpool_limits(limits=1):
        for begin in range(0, len(known), _BATCH):
            rows = np.arange(begin, min(begin + _BATCH, len(known)))
            cosine = vectors[known[rows]] @ vectors[known].T
            cosine[endings[rows][:, None] != endings[None, :]] = -1.0
            cosine[np.arange(len(rows)), rows] = -1.0
            for row in cosine:
                best = np.argsort(-row, kind="stable")[:NEAREST] if len(row) <= NEAREST else _best(row)
                chosen = best[row[best] >= LEAST_SIMILAR]
                lengths.append(len(chosen))
                ids.append(known[chosen])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        words=known.astype(np.int32),
        lengths=np.array(lengths, np.int32),
        ids=np.concatenate(ids).astype(np.int32) if ids else np.empty(0, np.int32),
    )


def _best(row: Floats) -> NDArray[np.int64]:
    top = np.argpartition(-row, NEAREST)[:NEAREST]
    return top[np.argsort(-row[top], kind="stable")]


@cache
def _lists(tables: Path, path: Path) -> tuple[dict[str, int], list[str], dict[int, NDArray[np.int32]]]:
    ngrams = NgramModel.load(tables)
    with np.load(path, allow_pickle=False) as arrays:
        parts = np.split(arrays["ids"], np.cumsum(arrays["lengths"])[:-1])
        near = {int(word): part for word, part in zip(arrays["words"], parts, strict=True) if len(part)}
    return ngrams.ids, list(ngrams.words), near
