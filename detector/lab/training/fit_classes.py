"""The training stage that sorts the vocabulary into classes: :mod:`features.language_model.word_classes`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from threadpoolctl import threadpool_limits

from features.language_model.ngrams import SPECIAL, STEPS, Floats, Ids
from features.language_model.word_classes import WordClasses, share_of_class

CLASSES = 128
"""Number of classes. 128 give 2 MB of trigrams; 200 did not raise the true positive rate."""

ENDINGS = ("s", "ed", "ing", "ly")
"""Endings that sort the words without a vector. Two more classes hold other words and non-words."""

_FEWEST = 4
_BIGRAM_PSEUDO, _TRIGRAM_PSEUDO = 20.0, 8.0


def fit_classes(
    words: Sequence[str], counts: NDArray[np.uint32], vectors: Floats, ids: Ids, *, seed: int
) -> WordClasses:
    """Cluster words by the contexts they occur in, and count trigrams of classes.

    Parameters
    ----------
    counts : ndarray of uint32, shape (vocabulary,)
        How often each word occurs in the reference copy.
    vectors : ndarray of float32, shape (words, dimensions)
        From :func:`detector.lab.training.similarity.vectors`, for the most frequent words.
    ids : ndarray of int32
        The reference copy as vocabulary ids.
    """
    of, classes = _sorted(words, counts, vectors, seed)
    running = of[ids].astype(np.int64)
    pairs = running[:-1] * classes + running[1:]
    trigrams = np.bincount(pairs[:-1] * classes + running[2:], minlength=classes**3).astype(np.float64)
    bigrams = np.bincount(pairs, minlength=classes**2).astype(np.float64).reshape(classes, classes)
    single = np.bincount(running, minlength=classes) + 1.0
    lower = _smoothed(bigrams, single / single.sum(), _BIGRAM_PSEUDO)
    p = _smoothed(trigrams.reshape(classes, classes, classes), lower[None], _TRIGRAM_PSEUDO)
    steps = np.clip(np.rint(-STEPS * np.log(p)), 0, 255).astype(np.uint8)
    return WordClasses(of, steps, share_of_class(of, counts))


def _sorted(
    words: Sequence[str], counts: NDArray[np.uint32], vectors: Floats, seed: int
) -> tuple[NDArray[np.uint8], int]:
    """The class of each word and the number of classes. Order: special words, by ending, by vector."""
    of = np.zeros(len(words), np.uint8)
    of[: len(SPECIAL)] = range(len(SPECIAL))
    for i in range(len(SPECIAL), len(words)):
        of[i] = len(SPECIAL) + _ending(words[i])
    own = len(SPECIAL) + len(ENDINGS) + 2
    has = np.flatnonzero(vectors.any(axis=1))
    has = has[has >= len(SPECIAL)]
    clusters = min(CLASSES - own, len(has) // _FEWEST)
    if clusters < 2:
        return of, own
    with threadpool_limits(limits=1):
        fitted = MiniBatchKMeans(clusters, batch_size=4096, n_init=1, max_iter=60, random_state=seed).fit(
            vectors[has], sample_weight=np.log1p(counts[has].astype(np.float64))
        )
    of[has] = own + fitted.labels_
    return of, own + clusters


def _ending(word: str) -> int:
    if not word.isalpha():
        return len(ENDINGS)
    return next((i for i, ending in enumerate(ENDINGS) if word.endswith(ending)), len(ENDINGS) + 1)


def _smoothed(counts: NDArray[np.float64], lower: NDArray[np.float64], pseudo: float) -> NDArray[np.float64]:
    """Shares along the last axis, smoothed with ``pseudo`` extra counts distributed as the lower order."""
    shares: NDArray[np.float64] = (counts + pseudo * lower) / (counts.sum(axis=-1, keepdims=True) + pseudo)
    return shares
