"""From log-odds to probabilities, by the length of an article."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Calibration:
    """From the classifier's log-odds to a probability: ``1 / (1 + exp(-(slope * log_odds + intercept)))`` (Platt 1999).

    A short article gives less evidence, so slope and intercept depend linearly on the logarithm of its length.
    ``grammar`` says whether the grammar columns affect the score. They do only for a checker that also checked the
    calibration stories. Findings of other checkers are shown but do not accuse.
    """

    slope: float
    intercept: float
    length_slope: float = 0.0
    length_intercept: float = 0.0
    grammar: bool = True

    def at(self, words: float | NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return slope and intercept for articles of this many words.

        >>> [float(x) for x in Calibration(2.0, -1.0, 0.5, 0.0).at(250)]
        [2.0, -1.0]
        """
        length = log_length(words)
        slope = np.maximum(self.slope + self.length_slope * length, 0.05)
        return slope, np.asarray(self.intercept + self.length_intercept * length)

    def log_odds(self, uncalibrated: NDArray[np.float64], words: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated log-odds of articles of this many words, in the shape of the uncalibrated."""
        slope, intercept = self.at(words)
        return np.asarray(slope * uncalibrated + intercept)


def log_length(words: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the natural log of a length over 250 words. The length is clipped to 60 to 1,000 to bound its effect."""
    return np.asarray(np.log(np.clip(words, 60, 1000) / 250.0))
