"""The probability that a rewriter chose a word: a few small neural networks in plain NumPy.

:mod:`detector.lab.training.train` trains them on rewritten human stories. Here they are only evaluated, so features
need no learning library.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.language_model.ngrams import Floats
from features.language_model.windows import INPUTS

FORMAT = 2


@dataclass(frozen=True)
class WordModel:
    """Multilayer perceptrons over the inputs of :mod:`features.language_model.windows`. Their log-odds are averaged.

    The networks are trained on the same words from different starting points. They disagree where they know little, so
    the average is more reliable (deep ensembles: Lakshminarayanan, Pritzel & Blundell 2017).

    Parameters
    ----------
    mean, scale : ndarray of float32, shape (inputs,)
        ``mean`` and ``scale`` standardise the inputs, which are then clipped to plus or minus 5.
    weights, biases : tuple of ndarray of float32, shapes (networks, units before, units) and (networks, 1, units)
        One pair per layer. Layers have rectified linear units between them and a logistic unit at the end.
    """

    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    @classmethod
    def load(cls, path: Path) -> "WordModel":
        """Read ``word_model.npz``. Raises ValueError if it is of another format or for other inputs."""
        with np.load(path, allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT or tuple(arrays["inputs"].tolist()) != INPUTS:
                message = f"{path} is of another format or for other inputs: train again or reinstall unspin"
                raise ValueError(message)
            layers = range(int(arrays["layers"]))
            return cls(
                arrays["mean"],
                arrays["scale"],
                tuple(arrays[f"weight_{i}"] for i in layers),
                tuple(arrays[f"bias_{i}"] for i in layers),
            )

    def save(self, path: Path) -> None:
        """Write what :meth:`load` reads."""
        layers = {f"weight_{i}": w for i, w in enumerate(self.weights)}
        layers |= {f"bias_{i}": b for i, b in enumerate(self.biases)}
        np.savez(
            path,
            format=FORMAT,
            inputs=np.array(INPUTS),
            layers=len(self.weights),
            mean=self.mean,
            scale=self.scale,
            **layers,  # type: ignore[arg-type] # keyword arrays, not the flags that the stub also allows
        )

    def log_odds(self, inputs: Floats) -> Floats:
        """Return the natural log-odds that a rewriter chose each word; inputs (words, len(INPUTS)), result (words,)."""
        hidden = np.clip((inputs - self.mean) / self.scale, -5.0, 5.0)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = hidden @ weight
            hidden += bias
            np.maximum(hidden, 0.0, out=hidden)
        result: Floats = (hidden @ self.weights[-1] + self.biases[-1])[..., 0].mean(axis=0)
        return result
