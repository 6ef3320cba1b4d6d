"""From a checkpoint's weights to the folder that :class:`features.reader.Reader` loads."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from detector.errors import DataError
from detector.lab.training.reader.lessons import LENGTH
from detector.lab.training.reader.network import Network as Trained
from features.reader.network import Floats, Layer, Linear, Network, Norm, Quantised
from features.reader.word_pieces import BEGIN, END, PAD, UNKNOWN, WordPieces


def load_weights(path: Path, network: Trained) -> dict[str, Tensor]:
    """Weights that a run has kept, in the order of the network's own.

    Raises DataError if the file cannot be read or is of another network.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        loaded = load_file(path)
        weights = {name: loaded[name] for name in network.trained}
    except (OSError, SafetensorError, KeyError) as error:
        raise DataError(f"{path} holds no weights of a reader: name a file that training has kept.") from error
    if any(weights[name].shape != own.shape for name, own in network.trained.items()):
        raise DataError(f"{path} holds weights of a network of another size: name another file.")
    return weights


def count_pieces(texts: Iterable[str], pieces: WordPieces) -> Counter[int]:
    """How often each piece occurs."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(pieces.encode(text).ids.tolist())
    return counts


def common_pieces(vocabulary: Sequence[str], counts: Mapping[int, int], least: int) -> list[int]:
    """Rows to keep: special pieces, single characters, and the pieces that occur at least so often.

    A word whose piece is dropped is read as smaller pieces, so every word that could be read still can be.

    >>> common_pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##b", "ab", "ba"], {6: 9, 7: 1}, 2)
    [0, 1, 2, 3, 4, 5, 6]
    """
    special = {PAD, UNKNOWN, BEGIN, END}
    return [
        row
        for row, piece in enumerate(vocabulary)
        if piece in special or len(piece.removeprefix("##")) == 1 or counts.get(row, 0) >= least
    ]


def to_numpy(
    network: Trained, weights: Mapping[str, Tensor], vocabulary: Sequence[str], rows: Sequence[int]
) -> Network:
    """The network that needs no learning library, with the given rows of the vocabulary."""

    def array(tensor: Tensor) -> Floats:
        return np.ascontiguousarray(tensor.detach().numpy().astype(np.float32))

    def linear(name: str) -> Linear:
        return Linear(array(weights[f"{name}.weight"].T), array(weights[f"{name}.bias"]))

    def norm(name: str) -> Norm:
        return Norm(array(weights[f"{name}.weight"]), array(weights[f"{name}.bias"]))

    return Network(
        WordPieces(tuple(vocabulary[row] for row in rows)),
        network.shape.heads,
        Quantised.of(array(network.pieces[torch.tensor(rows)])),
        array(network.places[:LENGTH]),
        norm("norm"),
        tuple(
            Layer(
                linear(f"{i}.attend"),
                linear(f"{i}.mix"),
                norm(f"{i}.mix_norm"),
                linear(f"{i}.inner"),
                linear(f"{i}.outer"),
                norm(f"{i}.outer_norm"),
            )
            for i in range(network.shape.layers)
        ),
        linear("head"),
    )


def export(
    network: Trained, weights: Mapping[str, Tensor], vocabulary: Sequence[str], rows: Sequence[int], folder: Path
) -> Network:
    """Write a reader's folder, and give what it holds: 8 bits for each weight."""
    folder.mkdir(parents=True, exist_ok=True)
    to_numpy(network, weights, vocabulary, rows).save(folder)
    return Network.load(folder)
