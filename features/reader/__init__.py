"""The reader: a pretrained network that reads each word in its context and says how likely a rewriter put it there.

It is an extra feature: ``Checker(extra_features=[Reader.load(folder)])``. :mod:`detector.lab.training.reader` trains it.
"""

from features.reader.reader import Reader

__all__ = ["Reader"]
