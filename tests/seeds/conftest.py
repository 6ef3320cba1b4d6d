"""Where the seeds lie."""

from pathlib import Path

import pytest

import features

_SEEDS = Path(features.__file__).parents[1] / "seeds"


@pytest.fixture(scope="session")
def lexicon_text() -> str:
    """The lexicon as it stands in the repository."""
    return (_SEEDS / "lexicon.tsv").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def texts() -> Path:
    """The folder of seed articles."""
    return _SEEDS / "texts"
