"""Word vectors from the reference copy: words in the same contexts have similar vectors.

A thesaurus lists words with similar meanings. The contexts in published news show which of them a reporter would use.
The contexts are the words up to two positions to the left and right. The vectors are the truncated SVD of positive
pointwise mutual information (PPMI; Levy, Goldberg & Dagan 2015). Each position has its own contexts, so that words with
similar vectors have the same grammatical form.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from sklearn.utils.extmath import randomized_svd

from features.language_model.ngrams import SPECIAL, Floats, Ids

CONTEXTS = 5000
PLACES = (-2, -1, 1, 2)
DIMENSIONS = 100


def vectors(ids: Ids, words: int, *, seed: int) -> Floats:
    """Unit vectors of the most frequent words.

    Parameters
    ----------
    ids : ndarray of int32
        Running text as vocabulary ids. After the special ids, they are in order of frequency.
    words : int
        How many words get a vector: ids 0 to ``words - 1``.

    Returns
    -------
    ndarray of float32, shape (words, DIMENSIONS)
    """
    contexts = min(CONTEXTS, words)
    matrix = coo_matrix((words, contexts * len(PLACES)))
    for place, offset in enumerate(PLACES):
        left, right = (ids[-offset:], ids[:offset]) if offset < 0 else (ids[:-offset], ids[offset:])
        keep = (left < words) & (right < contexts) & (left >= len(SPECIAL))
        keys = left[keep].astype(np.int64) * contexts + right[keep]
        kinds, counts = np.unique(keys, return_counts=True)
        enough = counts > 2
        rows, columns = kinds[enough] // contexts, kinds[enough] % contexts + place * contexts
        part = coo_matrix((counts[enough].astype(np.float64), (rows, columns)), (words, contexts * len(PLACES)))
        matrix = matrix + part
    weighted = ppmi(coo_matrix(matrix))
    u, s, _ = randomized_svd(weighted.tocsr(), DIMENSIONS, n_iter=3, random_state=seed)
    scaled = u * np.sqrt(s)
    norms = np.linalg.norm(scaled, axis=1, keepdims=True)
    unit: Floats = np.divide(scaled, norms, out=np.zeros_like(scaled), where=norms > 0).astype(np.float32)
    return unit


def ppmi(matrix: coo_matrix) -> coo_matrix:
    """Positive pointwise mutual information of counts, with context counts raised to 0.75. Rows may be empty."""
    rows = np.asarray(matrix.sum(axis=1)).ravel()
    columns = np.asarray(matrix.sum(axis=0)).ravel() ** 0.75
    columns /= columns.sum()
    values: NDArray[np.float64] = np.log(matrix.data / rows[matrix.row] / columns[matrix.col])
    keep = values > 0
    return coo_matrix((values[keep], (matrix.row[keep], matrix.col[keep])), matrix.shape)
