"""The reader's network in plain NumPy: a small BERT with one log-odds for each piece.

The file holds each matrix as whole numbers of 8 bits with one factor a row, and embeddings likewise. Matrices are read
into 32-bit floats once; the much larger table of embeddings stays as it is, and only the rows that a text needs are
read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from features.language_model.arrays import DAMAGED, damaged
from features.reader.word_pieces import PAD, WordPieces

Floats: TypeAlias = NDArray[np.float32]
Ids: TypeAlias = NDArray[np.int32]

FORMAT = 1
FILE = "reader.npz"
"""The file in a reader's folder."""

EPSILON = 1e-12
"""Of every layer norm."""

_TANH = (0.7978845608028654, 0.044715)


class Quantised(NamedTuple):
    """A matrix in 8 bits.

    Parameters
    ----------
    values : ndarray of int8, shape (rows, columns)
    scale : ndarray of float32, shape (rows, 1)
        The matrix is the values times these.
    """

    values: NDArray[np.int8]
    scale: Floats

    @classmethod
    def of(cls, matrix: Floats) -> "Quantised":
        """The nearest such matrix.

        >>> Quantised.of(np.array([[1.27, -0.5]], np.float32)).values.tolist()
        [[127, -50]]
        """
        largest = np.abs(matrix).max(axis=1, keepdims=True)
        scale = (np.where(largest > 0, largest, 1.0) / 127).astype(np.float32)
        return cls(np.rint(matrix / scale).astype(np.int8), scale)

    def rows(self, at: Ids | slice = slice(None)) -> Floats:
        """Rows as floats."""
        return self.values[at] * self.scale[at]


class Linear(NamedTuple):
    """A matrix of shape (inputs, outputs) and what is added."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """The product for rows ``x``."""
        out: Floats = x @ self.weight
        out += self.bias
        return out


class Norm(NamedTuple):
    """A layer norm over the last axis."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """Normalise rows, in a new array."""
        out: Floats = x - x.mean(axis=-1, keepdims=True)
        variance = np.einsum("ij,ij->i", out, out) / out.shape[1]
        out /= np.sqrt(variance + EPSILON)[:, np.newaxis]
        out *= self.weight
        out += self.bias
        return out


class Layer(NamedTuple):
    """One block of attention and feed-forward."""

    attend: Linear
    mix: Linear
    mix_norm: Norm
    inner: Linear
    outer: Linear
    outer_norm: Norm


@dataclass(frozen=True)
class Network:
    """The weights.

    Parameters
    ----------
    pieces : WordPieces
        The vocabulary; a row of ``embeddings`` for each piece.
    heads : int
        Attention heads; they divide the width.
    embeddings : Quantised, shape (vocabulary, width)
        What stands for each piece.
    places : ndarray of float32, shape (longest window, width)
        What is added at each place of a window.
    norm : Norm
        Of the sum of both.
    head : Linear
        Gives the log-odds.
    """

    pieces: WordPieces
    heads: int
    embeddings: Quantised
    places: Floats
    norm: Norm
    layers: tuple[Layer, ...]
    head: Linear

    def log_odds(self, ids: Ids) -> Floats:
        """Log-odds that a rewriter put each piece there.

        Parameters
        ----------
        ids : ndarray of int32, shape (windows, pieces)
            Rows of the vocabulary, filled up with the row of the piece ``[PAD]``.

        Returns
        -------
        ndarray of float32, shape (windows, pieces)
        """
        windows, length = ids.shape
        fill = np.where(ids == self.pieces[PAD], np.float32(-1e9), np.float32(0.0))[:, np.newaxis, np.newaxis, :]
        flat = ids.reshape(-1)
        x = self.norm(self.embeddings.rows(flat) + np.tile(self.places[:length], (windows, 1)))
        for layer in self.layers:
            x = layer.mix_norm(x + layer.mix(self._attention(layer.attend(x), fill, length)))
            x = layer.outer_norm(x + layer.outer(_gelu(layer.inner(x))))
        return self.head(x).reshape(windows, length)

    def _attention(self, mixed: Floats, fill: Floats, length: int) -> Floats:
        windows = len(mixed) // length
        q, k, v = mixed.reshape(windows, length, 3, self.heads, -1).transpose(2, 0, 3, 1, 4)
        scores = np.matmul(q, k.transpose(0, 1, 3, 2))
        scores *= np.float32(q.shape[-1] ** -0.5)
        scores += fill
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        out: Floats = np.matmul(scores, v).transpose(0, 2, 1, 3).reshape(windows * length, -1)
        return out

    def save(self, folder: Path) -> None:
        """Write what :meth:`load` reads."""
        arrays: dict[str, NDArray[np.generic]] = {
            "vocabulary": np.frombuffer("\n".join(self.pieces.vocabulary).encode(), np.uint8),
            "sizes": np.array([FORMAT, self.heads, len(self.layers)], np.int32),
            "embeddings": self.embeddings.values,
            "embeddings_scale": self.embeddings.scale,
            "places": self.places.astype(np.float16),
            "norm_weight": self.norm.weight,
            "norm_bias": self.norm.bias,
            "head_weight": self.head.weight,
            "head_bias": self.head.bias,
        }
        for number, layer in enumerate(self.layers):
            for name, part in layer._asdict().items():
                key = f"{number}_{name}"
                arrays[f"{key}_bias"] = part.bias
                if isinstance(part, Linear):
                    # One factor for each output, whose weights are the rows of the transpose.
                    small = Quantised.of(np.ascontiguousarray(part.weight.T))
                    arrays |= {f"{key}_weight": small.values, f"{key}_scale": small.scale}
                else:
                    arrays[f"{key}_weight"] = part.weight
        np.savez(folder / FILE, **arrays)  # type: ignore[arg-type] # arrays, not the flags that the stub also allows

    @classmethod
    def load(cls, folder: Path) -> "Network":
        """Read a reader's folder.

        Raises ValueError if the file is damaged or of another format, and OSError if it cannot be read.
        """
        path = folder / FILE
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                network = cls._of(arrays)
        except DAMAGED as error:
            raise damaged(path) from error
        network._check(path)  # noqa: SLF001 - another of this very class
        return network

    @classmethod
    def _of(cls, arrays: "np.lib.npyio.NpzFile") -> "Network":
        form, heads, layers = arrays["sizes"].tolist()
        if form != FORMAT:
            raise ValueError(form)

        def linear(name: str) -> Linear:
            small = Quantised(arrays[f"{name}_weight"], arrays[f"{name}_scale"])
            return Linear(np.ascontiguousarray(small.rows().T), arrays[f"{name}_bias"])

        def norm(name: str) -> Norm:
            return Norm(arrays[f"{name}_weight"], arrays[f"{name}_bias"])

        return cls(
            WordPieces(tuple(arrays["vocabulary"].tobytes().decode().split("\n"))),
            heads,
            Quantised(arrays["embeddings"], arrays["embeddings_scale"]),
            arrays["places"].astype(np.float32),
            norm("norm"),
            tuple(
                Layer(
                    linear(f"{i}_attend"),
                    linear(f"{i}_mix"),
                    norm(f"{i}_mix_norm"),
                    linear(f"{i}_inner"),
                    linear(f"{i}_outer"),
                    norm(f"{i}_outer_norm"),
                )
                for i in range(layers)
            ),
            Linear(arrays["head_weight"], arrays["head_bias"]),
        )

    def _check(self, path: Path) -> None:
        """Refuse sizes that do not belong together, rather than fail on the first article."""
        width = self.places.shape[1]
        parts: Sequence[tuple[tuple[int, ...], tuple[int, ...]]] = [
            (self.embeddings.values.shape, (len(self.pieces.vocabulary), width)),
            (self.embeddings.scale.shape, (len(self.pieces.vocabulary), 1)),
            (self.norm.weight.shape, (width,)),
            (self.head.weight.shape, (width, 1)),
            *((layer.attend.weight.shape, (width, 3 * width)) for layer in self.layers),
            *((layer.mix.weight.shape, (width, width)) for layer in self.layers),
            *((layer.inner.weight.shape, layer.outer.weight.shape[::-1]) for layer in self.layers),
            *((layer.outer.bias.shape, (width,)) for layer in self.layers),
        ]
        if any(found != wanted for found, wanted in parts) or self.heads < 1 or width % self.heads:
            raise damaged(path)


def _gelu(x: Floats) -> Floats:
    """The smooth rectifier in its form with a hyperbolic tangent, as trained."""
    inner = x * x
    inner *= np.float32(_TANH[0] * _TANH[1])
    inner += np.float32(_TANH[0])
    inner *= x
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner
