"""The training stage that learns the phrase patterns of rewriters: :mod:`features.phrasing`.

An *item* is a common word or a pair of common words.
"""

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
"""How many of the commonest words of the reference copy are counted, alone and in pairs."""

LEAST_TEXTS = 20
"""Fewest texts that an item must occur in."""

PENALTY = 0.001
"""Inverse strength of the ridge penalty on the scaled items."""

OTHER_WEIGHT = 8.0
"""Weight of a text by a learner or translator; a reporter's text has weight 1."""

ORIGINAL_WEIGHT = 2.0
"""Weight of a human original for each of its rewrites. It keeps their common subject from being learnt as phrasing."""

GENRE_WEIGHT = 0.3
"""Weight of a real tool's rewrite that is not news. It is low because unspin judges news."""

FOLDS = 5
LEAST_RATED = 5
"""In rewrites of how many stories an item must occur, so that marks can say how often a kind of rewriter has it."""

_RARE = 1e-5
_BATCH = 100

Floats = NDArray[np.float64]


def common_words(ngrams: NgramModel) -> tuple[str, ...]:
    """The commonest words of a vocabulary, with contractions and the punctuation marks in ``MARKS``."""
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
    """Learn how each kind of rewriter combines common words.

    Parameters
    ----------
    human, other_human : sequence of Article
        Reporters' copy; copy by learners, translators and others, with weight :data:`OTHER_WEIGHT`. There is little of
        the latter, and it is most easily mistaken for machine translation.
    spun : sequence of Article
        Rewrites by simulated spinners. Kinds without a column in the feature have no effect.
    rewrites : sequence of Article
        Rewrites that the classifier is fitted on as well, and some of their human originals (kind ``human``).

    Do not fit the classifier on ``human``, ``other_human`` or ``spun``: their columns are not cross-fitted.

    Returns
    -------
    table : PhraseTable
        Fitted on all articles; without kinds that have no articles.
    columns : ndarray, shape (rewrites, columns of the feature)
        Cross-fitted values: the feature's value for each rewrite from a table without that rewrite's story. If no
        rewrite has a column's kind, only human originals have a value; if no article has it, none has. Else NaN.
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
    # Scale items by their rate in human copy. Otherwise the penalty would suppress only the rare ones.
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
        # If no rewrite has this kind, its fit still used the human originals.
        given = (of == HUMAN) | (name in of[: len(rewrites)])
        for own in range(FOLDS):
            held = fold == own
            told = np.flatnonzero(held & given)
            # With very few stories, one fold may hold all articles of a kind. Then nothing is left to fit on.
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
        times_of(items, names, articles, found, published=range(len(rewrites), len(rewrites) + len(human))),
    )
    return table, np.clip(columns, Phrasing.columns[0].low, Phrasing.columns[0].high)


def times_of(
    items: NDArray[np.uint32],
    kinds: Sequence[str],
    articles: Sequence[Article],
    found: Sequence[NDArray[np.uint32]],
    *,
    published: range,
) -> NDArray[np.float16]:
    """How many times as often the news rewrites of each kind have an item as human copy, shape (kinds, items).

    Human copy is published news, or the originals of the rewrites where these have the item more often: then the
    subject explains a part. All rewrites of one story count as one. The figure is 0 for an item in rewrites of fewer than
    :data:`LEAST_RATED` stories.

    Parameters
    ----------
    items : ndarray of uint32
        Sorted.
    found : sequence of ndarray of uint32
        Items of each article.
    published : range
        Which articles are published news.
    """
    whole = np.concatenate(found)
    told = np.isin(whole, items)
    text = np.repeat(np.arange(len(found)), [len(own) for own in found])[told]
    at = np.searchsorted(items, whole[told])
    counts = sparse.csr_matrix((np.ones(len(at)), (text, at)), shape=(len(found), len(items)))
    news = np.zeros(len(articles), bool)
    news[published] = True
    taught = np.array([a.kind == HUMAN or family(a.kind).build is not None or is_news(a.group) for a in articles])
    of = np.array([HUMAN if a.kind == HUMAN else family(a.kind).kind for a in articles])
    story_of = np.array([a.story for a in articles])
    times = np.zeros((len(kinds), len(items)), np.float16)
    for row, kind in enumerate(kinds):
        own = np.flatnonzero(taught & (of == kind))
        stories, story, rewrites = np.unique(story_of[own], return_inverse=True, return_counts=True)
        each = (1.0 / rewrites[story], (story, np.arange(len(own))))
        mean = sparse.csr_matrix(each, shape=(len(stories), len(own)))
        of_stories = sparse.csr_matrix(mean @ counts[own])
        originals = (of == HUMAN) & np.isin(story_of, stories)
        # One more than was seen, so that a rare item never looks more telling than it is.
        human = np.maximum(_share(counts[news], 1.0), _share(counts[originals], 0.0))
        known = of_stories.getnnz(axis=0) >= LEAST_RATED
        times[row, known] = np.minimum(_share(of_stories, 0.0) / human, 1000.0)[known]
    return times


def _share(counts: sparse.csr_matrix, more: float) -> Floats:
    """The share of each item in all items, with ``more`` added to its count."""
    return np.asarray((np.asarray(counts.sum(axis=0)).ravel() + more) / max(1.0, counts.sum()))


@dataclass(frozen=True)
class _Lessons:
    """Scaled item rates of all texts, with the kind and weight of each text."""

    table: sparse.csr_matrix
    of: NDArray[np.str_]
    weight: Floats
    seed: int

    def fit(self, kind: str, without: NDArray[np.bool_] | None = None) -> LogisticRegression:
        """Fit one kind against human copy, with both classes balanced by their numbers of articles."""
        use = (self.of == HUMAN) | (self.of == kind)
        if without is not None:
            use &= ~without
        return LogisticRegression(C=PENALTY, max_iter=2000, class_weight="balanced", random_state=self.seed).fit(
            self.table[use], self.of[use] == kind, sample_weight=self.weight[use]
        )


def _weights(rewrites: Sequence[Article]) -> Floats:
    """The weight of each rewrite and of each human original."""
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
    """The fold of each text. All texts of one story are in the same fold."""
    return np.array([random.Random(f"{seed} fold {s}").randrange(FOLDS) for s in stories], np.int64)
