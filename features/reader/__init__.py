"""The reader: a pretrained network that reads each word in its context and says how likely a rewriter put it there.

The second stage of a model uses it (:mod:`detector.cascade`). :mod:`detector.lab.training.reader` trains it.
"""

from features.reader.reader import Reader

__all__ = ["Reader"]
