"""Which words follow which in general English, behind what the reference copy has counted.

News that is about none of the subjects of the reference copy is still English. The language model that PocketSphinx brings
for speech (two million pairs of 72,500 words; BSD licence) knows a seventh of the pairs of words that human news has and
the reference copy lacks, and a quarter of those of essays and papers.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import DataError
from features.ngrams import Floats, Ids


@dataclass(frozen=True)
class Pairs:
    """Pairs of words, each once.

    Parameters
    ----------
    first, second : ndarray of int32, shape (pairs,)
        Ids of a vocabulary.
    p : ndarray of float32, shape (pairs,)
        How probable the second word is after the first.
    """

    first: Ids
    second: Ids
    p: Floats


def general_pairs(ids: Mapping[str, int]) -> Pairs:
    """The pairs of general English whose words are both in a vocabulary.

    Raises
    ------
    DataError
        If PocketSphinx is not installed.
    """
    try:
        from pocketsphinx import Config, LogMath, NGramModel, get_model_path
    except ImportError:
        raise DataError(
            "The counts of general English are missing; install the package pocketsphinx (it is in unspin's extra 'train')."
        ) from None
    model = NGramModel(Config(), LogMath(), get_model_path("en-us/en-us.lm.bin"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "general.arpa"
        model.write(str(path), NGramModel.str_to_type("arpa"))
        with path.open(encoding="utf-8") as lines:
            return read_pairs(lines, ids)


def read_pairs(lines: Iterable[str], ids: Mapping[str, int]) -> Pairs:
    r"""The pairs of a language model in ARPA's format whose words are both in a vocabulary.

    >>> arpa = ["\\2-grams:\n", "-0.5\tred\tferry\t-0.1\n", "-2\tred\tzebra\n", "\\3-grams:\n", "-1\tred\tferry\tred\n"]
    >>> read_pairs(arpa, {"red": 7, "ferry": 9}).first.tolist()
    [7]
    """
    found = [
        (ids[first], ids[second], 10.0 ** float(log_p))
        for log_p, first, second, *_ in map(str.split, _section(lines, "\\2-grams:"))
        if first in ids and second in ids
    ]
    columns: NDArray[np.float64] = np.array(found, float).reshape(-1, 3)
    return Pairs(columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), columns[:, 2].astype(np.float32))


def _section(lines: Iterable[str], title: str) -> Iterator[str]:
    inside = False
    for line in lines:
        if line.startswith("\\"):
            if inside:
                return
            inside = line.strip() == title
        elif inside and not line.isspace():
            yield line
