"""A small newsroom whose stories are traced."""

import sys
from pathlib import Path

import pytest

# Found by path: there are no packages below tests/.
sys.path.insert(0, str(Path(__file__).parent / "fakes"))

from memory_archive import MemoryArchive, stories

from detector.tracing.tracer import Tracer
from detector.tracing.word_weights import WordWeights, embedded_weights


@pytest.fixture(scope="session")
def weights() -> WordWeights:
    """Those of the package."""
    return embedded_weights()


@pytest.fixture(scope="session")
def tracer() -> Tracer:
    """Over the small newsroom's stories."""
    return Tracer(MemoryArchive(stories()))
