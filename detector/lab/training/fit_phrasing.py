"""The stage of training that learns the phrasing of rewriters: :mod:`features.phrasing`."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from detector.lab.data.rewrites import is_news
from detector.lab.data.stories import Article
from detector.lab.spinners import family
from detector.model import HUMAN
from features.document import Document
from features.language_model.ngrams import NgramModel, plain_forms
from features.language_model.phrase_table import FIRST, MARKS, PhraseTable, items_of, rates_of
from features.phrasing import Phrasing, kind_of

WORDS = 4000
"""The commonest words of the reference copy that are counted, alone and in pairs."""

LEAST_TEXTS = 20
"""An item counts from so many texts."""

PENALTY = 0.001
"""Inverse strength of the ridge penalty over items of like size."""

OTHER_WEIGHT = 8.0
"""What a learner or translator weighs against a reporter."""

ORIGINAL_WEIGHT = 2.0
"""What the human original of rewrites weighs, for each rewrite of it that is learnt from: what it shares with them is what
it is about, and no phrasing."""

GENRE_WEIGHT = 0.3
"""What a real rewrite of another genre than news weighs: it is news that is judged."""

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
    tables: Path,
    human: Sequence[Article],
    spun: Sequence[Article],
    rewrites: Sequence[Article],
    other_human: Sequence[Article] = (),
    *,
    seed: int,
    jobs: int,
) -> tuple[PhraseTable, Floats]:
    """Learn how each kind of rewriter puts common words together.

    Parameters
    ----------
    tables : Path
        Folder of the n-gram tables.
    human, other_human : sequence of Article
        Reporters' copy, and learners, translators and the like, who weigh :data:`OTHER_WEIGHT` times as much: there are
        few of them, and their English is what is taken for a translation first.
    spun : sequence of Article
        Rewrites by simulated spinners; of them only kinds that the feature has a column for teach something.
    rewrites : sequence of Article
        Rewrites that the classifier is fitted on as well, and human originals of some (kind ``human``).

    Of ``human``, ``other_human`` and ``spun`` the classifier may be fitted on none: their columns would look better than
    they are.

    Returns
    -------
    table : PhraseTable
        Fitted on everything; without the kinds that nobody is of.
    columns : ndarray, shape (rewrites, columns of the feature)
        What the feature would say of each rewrite if its story had not been learnt from (cross-fitting). Of a kind that
        no rewrite is of, the human originals alone were learnt from, and all others are NaN; so are all of a kind that
        nobody is of.
    """
    words = common_words(NgramModel.load(tables))
    symbols = {word: place for place, word in enumerate(words, FIRST)}
    articles = (*rewrites, *human, *other_human, *spun)
    texts = [a.text for a in articles]
    batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
    found = [own for part in Parallel(n_jobs=jobs)(delayed(_items)(b, symbols) for b in batches) for own in part]
    of = np.array([HUMAN if a.kind == HUMAN else family(a.kind).kind for a in articles])
    weight = np.concatenate(
        [_weights(rewrites), np.ones(len(human)), np.full(len(other_human), OTHER_WEIGHT), np.ones(len(spun))]
    )
    items, texts_with = np.unique(np.concatenate([np.unique(own) for own in found]), return_counts=True)
    items = items[texts_with >= LEAST_TEXTS]
    plain = _matrix(found, items)
    # Items of like size, by what human copy has of them: else the penalty would fall on the rare ones alone.
    scale = 1.0 / np.sqrt(np.asarray(plain[of == HUMAN].power(2).mean(axis=0)).ravel() + _RARE)
    lessons = _Lessons(sparse.csr_matrix(plain @ sparse.diags(scale)), of, weight, seed)
    fold = np.full(len(articles), -1)
    fold[: len(rewrites)] = _folds([a.story for a in rewrites], seed)
    columns = np.full((len(rewrites), len(Phrasing.columns)), np.nan)
    names, weights, intercepts = [], [], []
    for at, name in enumerate(kind_of(c.name) for c in Phrasing.columns):
        if not (of == name).any():
            continue
        whole = lessons.fit(name)
        names.append(name)
        weights.append(whole.coef_[0] * scale)
        intercepts.append(float(whole.intercept_[0]))
        # A kind that no rewrite is of was learnt from the human originals among them all the same.
        given = (of == HUMAN) | (name in of[: len(rewrites)])
        for own in range(FOLDS):
            held = fold == own
            told = np.flatnonzero(held & given)
            # Of very few stories all may stand in one fold, and then there is nothing to learn their kind from.
            if len(told) and (of[~held] == name).any():
                fitted = lessons.fit(name, without=held)
                columns[told, at] = fitted.decision_function(lessons.table[told])
    table = PhraseTable(
        tuple(names),
        words,
        WORDS,
        items,
        np.array(weights, np.float32).reshape(len(names), len(items)),
        np.array(intercepts),
    )
    return table, np.clip(columns, Phrasing.columns[0].low, Phrasing.columns[0].high)


@dataclass(frozen=True)
class _Lessons:
    """Rates of all texts, brought to like size, with the kind and weight of each."""

    table: sparse.csr_matrix
    of: NDArray[np.str_]
    weight: Floats
    seed: int

    def fit(self, kind: str, without: NDArray[np.bool_] | None = None) -> LogisticRegression:
        """A kind against human copy, both weighing the same."""
        use = (self.of == HUMAN) | (self.of == kind)
        if without is not None:
            use &= ~without
        return LogisticRegression(C=PENALTY, max_iter=2000, class_weight="balanced", random_state=self.seed).fit(
            self.table[use], self.of[use] == kind, sample_weight=self.weight[use]
        )


def _weights(rewrites: Sequence[Article]) -> Floats:
    """What each rewrite weighs, and each original among them."""
    of_story = Counter(a.story for a in rewrites if a.kind != HUMAN)
    return np.array(
        [
            max(1.0, ORIGINAL_WEIGHT * of_story[a.story])
            if a.kind == HUMAN
            else 1.0
            if family(a.kind).build is not None or is_news(a.group)
            else GENRE_WEIGHT
            for a in rewrites
        ]
    )


def _items(texts: Sequence[str], symbols: dict[str, int]) -> list[NDArray[np.uint32]]:
    return [items_of(plain_forms(Document(text)), symbols, WORDS) for text in texts]


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
