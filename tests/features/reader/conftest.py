"""A reader that has learnt nothing, small enough to make in a test."""

import numpy as np
import pytest

from features.reader import Reader
from features.reader.network import Floats, Layer, Linear, Network, Norm, Quantised
from features.reader.word_pieces import BEGIN, END, PAD, UNKNOWN, WordPieces

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
VOCABULARY = (
    *(PAD, UNKNOWN, BEGIN, END),
    *LETTERS,
    *(f"##{letter}" for letter in LETTERS),
    *".,;:!?'\"“”’‘()-",
    *("the", "stated", "said", "told", "board", "harbour", "channel", "an"),
)
WIDTH, HEADS, INNER, LAYERS = 16, 2, 24, 2


@pytest.fixture
def network() -> Network:
    """Random weights, under which some words come out as odd and most do not."""
    rng = np.random.default_rng(0)

    def weights(*size: int) -> Floats:
        return rng.normal(0, 0.5, size).astype(np.float32)

    def linear(rows: int, columns: int) -> Linear:
        return Linear(weights(rows, columns), weights(columns))

    def norm() -> Norm:
        return Norm(np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32))

    layers = tuple(
        Layer(
            linear(WIDTH, 3 * WIDTH), linear(WIDTH, WIDTH), norm(), linear(WIDTH, INNER), linear(INNER, WIDTH), norm()
        )
        for _ in range(LAYERS)
    )
    head = Linear(weights(WIDTH, 1), np.array([-2.0], np.float32))
    embeddings = Quantised.of(weights(len(VOCABULARY), WIDTH))
    return Network(WordPieces(VOCABULARY), HEADS, embeddings, weights(128, WIDTH), norm(), layers, head)


@pytest.fixture
def reader(network: Network) -> Reader:
    """The feature over it."""
    return Reader(network)
