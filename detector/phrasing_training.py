"""The stage of training that learns the phrasing of rewriters: :mod:`features.phrasing`."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from detector.articles import Article
from detector.model import HUMAN
from detector.rewrites import SYNONYMS, kind_of
from features.document import Document
from features.ngrams import NgramModel, plain_forms
from features.phrase_table import FIRST, MARKS, PhraseTable, items_of, rates_of
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_column

WORDS, PAIRED = 4000, 1000
"""The commonest words of the reference copy that are counted, and those of them that are counted in pairs."""

LEAST_TEXTS = 6
"""An item counts from so many texts."""

PENALTY = 0.003
"""Inverse strength of the ridge penalty over items of like size."""

FOLDS = 5
_RARE = 1e-5
_BATCH = 100

Floats = NDArray[np.float64]


def common_words(ngrams: NgramModel) -> tuple[str, ...]:
    """The commonest words of a vocabulary, contractions among them, and the marks that count."""
    order = np.argsort(-ngrams.counts.astype(np.int64), kind="stable")
    words = (ngrams.words[int(i)] for i in order)
    found = (w for w in words if w in MARKS or w.replace("'", "").isalpha())
    return tuple(word for word, _ in zip(found, range(WORDS), strict=False))


def fit_phrasing(
    tables: Path, human: Sequence[Article], rewrites: Sequence[Article], *, seed: int, jobs: int
) -> tuple[PhraseTable, Floats]:
    """Learn how each kind of rewriter puts common words together.

    Parameters
    ----------
    tables : Path
        Folder of the n-gram tables.
    human : sequence of Article
        Human copy of which the classifier is fitted on none: its columns would look better than they are.
    rewrites : sequence of Article
        Rewrites, and human originals of some (kind ``human``). Those of spinners teach nothing here.

    Returns
    -------
    table : PhraseTable
        Fitted on everything; without the kinds that nobody is of.
    columns : ndarray, shape (rewrites, columns of the feature)
        What the feature would say of each rewrite if its story had not been learnt from (cross-fitting), NaN for kinds
        that the table lacks.
    """
    words = common_words(NgramModel.load(tables))
    symbols = {word: place for place, word in enumerate(words, FIRST)}
    texts = [a.text for a in (*human, *rewrites)]
    batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
    found = [own for part in Parallel(n_jobs=jobs)(delayed(_items)(b, symbols) for b in batches) for own in part]
    items, texts_with = np.unique(np.concatenate([np.unique(own) for own in found]), return_counts=True)
    items = items[texts_with >= LEAST_TEXTS]
    plain = _matrix(found, items)
    # Items of like size, by what human copy has of them: else the penalty would fall on the rare ones alone.
    scale = 1.0 / np.sqrt(np.asarray(plain[: len(human)].power(2).mean(axis=0)).ravel() + _RARE)
    table = sparse.csr_matrix(plain @ sparse.diags(scale))
    kinds = [HUMAN] * len(human) + [HUMAN if a.kind == HUMAN else kind_of(a.kind) for a in rewrites]
    of = np.array(kinds)
    names = tuple(k for k in map(kind_of_column, (c.name for c in Phrasing.columns)) if k in kinds and k != SYNONYMS)
    columns = np.full((len(rewrites), len(Phrasing.columns)), np.nan)
    fold = np.concatenate([np.full(len(human), -1), _folds([a.story for a in rewrites], seed)])
    weights, intercepts = [], []
    for name in names:
        use = (of == HUMAN) | (of == name)
        whole = _fit(table[use], of[use] == name, seed)
        weights.append(whole.coef_[0] * scale)
        intercepts.append(float(whole.intercept_[0]))
        at = next(i for i, c in enumerate(Phrasing.columns) if kind_of_column(c.name) == name)
        for own in range(FOLDS):
            held = fold == own
            if held.any():
                taught = use & ~held
                columns[held[len(human) :], at] = _fit(table[taught], of[taught] == name, seed).decision_function(
                    table[held]
                )
    fitted = PhraseTable(
        names,
        words,
        PAIRED,
        items,
        np.array(weights, np.float32).reshape(len(names), len(items)),
        np.array(intercepts),
    )
    return fitted, np.clip(columns, Phrasing.columns[0].low, Phrasing.columns[0].high)


def _items(texts: Sequence[str], symbols: dict[str, int]) -> list[NDArray[np.uint32]]:
    return [items_of(plain_forms(Document(text)), symbols, PAIRED) for text in texts]


def _matrix(found: Sequence[NDArray[np.uint32]], items: NDArray[np.uint32]) -> sparse.csr_matrix:
    rows = [rates_of(own, items) for own in found]
    starts = np.cumsum([0, *(len(at) for at, _ in rows)])
    return sparse.csr_matrix(
        (np.concatenate([rate for _, rate in rows]), np.concatenate([at for at, _ in rows]), starts),
        shape=(len(found), len(items)),
    )


def _folds(stories: Sequence[str], seed: int) -> NDArray[np.int64]:
    """A fold for each text, the same for all of one story."""
    return np.array([random.Random(f"{seed} fold {s}").randrange(FOLDS) for s in stories], np.int64)


def _fit(table: sparse.csr_matrix, rewritten: NDArray[np.bool_], seed: int) -> LogisticRegression:
    return LogisticRegression(C=PENALTY, max_iter=2000, class_weight="balanced", random_state=seed).fit(
        table, rewritten
    )
