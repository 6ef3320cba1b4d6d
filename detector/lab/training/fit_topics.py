"""The training stage that learns which words belong to the same subject: :mod:`features.language_model.topics`."""

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.utils.extmath import randomized_svd

from detector.lab.training.similarity import ppmi
from features.language_model.ngrams import SPECIAL, Ids
from features.language_model.topics import UNIT, Topics

WORDS = 30_000
"""How many words get a vector: the most frequent ones."""

GRAMMAR = 250
"""How many of the commonest words are ignored, because they belong to every subject."""

CONTEXTS = 6000
STRETCH = 80
"""Tokens of running text that are taken to have one subject."""

DIMENSIONS = 64
_FEWEST = 3
_STRETCHES = 100_000


def fit_topics(ids: Ids, vocabulary: int, *, seed: int) -> Topics:
    """Fit word vectors to how often two words of the reference copy occur in the same stretch of text.

    Parameters
    ----------
    ids : ndarray of int32
        The reference copy as vocabulary ids; the ids are in order of frequency.
    """
    words = min(WORDS, vocabulary)
    contexts = min(CONTEXTS, words)
    # In a small vocabulary, the commonest GRAMMAR words would be most of it.
    grammar = max(len(SPECIAL), min(GRAMMAR, words // 4))
    together = csr_matrix((words, contexts), dtype=np.float32)
    for begin in range(0, len(ids), _STRETCHES * STRETCH):
        part = ids[begin : begin + _STRETCHES * STRETCH]
        content = np.flatnonzero((part >= grammar) & (part < words))
        rows = content // STRETCH
        inside = csr_matrix((np.ones(len(content), np.float32), (rows, part[content])), (_STRETCHES, words))
        inside.data[:] = 1.0
        together = together + inside.T @ inside[:, :contexts]
    counted = coo_matrix(together)
    keep = (counted.row != counted.col) & (counted.data >= _FEWEST)
    kept = coo_matrix((counted.data[keep].astype(np.float64), (counted.row[keep], counted.col[keep])), counted.shape)
    vectors = np.zeros((words, DIMENSIONS))
    dimensions = min(DIMENSIONS, contexts - 1)
    if kept.nnz and dimensions > 0:
        weighted = ppmi(kept)
        # The decomposition gives rounding noise, not 0, for words that share no stretch with another.
        met = np.unique(weighted.row)
        u, s, _ = randomized_svd(weighted.tocsr(), dimensions, n_iter=3, random_state=seed)
        vectors[met, :dimensions] = (u * np.sqrt(s))[met]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return Topics(np.rint(UNIT * unit).astype(np.int8))
