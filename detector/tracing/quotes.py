"""Quotes that two reports share: anybody may report what was said, so quotes alone make no rewrite."""

from dataclasses import replace

import numpy as np

from detector.tracing.columns import NAMES, measure_pair
from detector.tracing.digest import Digest, Floats
from detector.tracing.judge import Judge
from detector.tracing.sentences import align_sentences

_LEAST_QUOTED, _LEAST_FOUND = 0.15, 0.3
"""Share of the article that is quoted, and of the quotes that the story has, from which a pair is judged again.

All 3 of 388 pairs of independent reports that were called rewrites rested on quotes. Of 2,564 rewrites that were found in
training and calibration stories, 16 did."""


def rests_on_quotes(judge: Judge, row: Floats, article: Digest, source: Digest) -> bool:
    """Whether two texts that share quotes would not be called copy or rewrite without them.

    Parameters
    ----------
    judge : Judge
    row : ndarray
        The columns of the pair.
    article, source : Digest
    """
    if row[NAMES.index("quoted")] < _LEAST_QUOTED or not row[NAMES.index("quotes_found")] > _LEAST_FOUND:
        return False
    here, there = (replace(text, weight=np.where(text.quoted, 0.0, text.weight)) for text in (article, source))
    return judge.judge(measure_pair(here, there, align_sentences(here, there))).derived < judge.manifest.threshold
