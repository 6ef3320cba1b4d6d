"""Articles of one length for the benchmarks, put together from our own seed stories."""

import itertools
from collections.abc import Iterator
from importlib.resources import files

from detector.errors import DataError
from features.document import Document

WORDS = 850
"""Length of an article: what the budgets are written for."""

_STRIDE = 11  # neighbours in the list of seeds are rewrites of one another


def articles(count: int, words: int = WORDS) -> list[str]:
    """Articles of exactly so many words, each begun at another of the seed stories.

    Raises
    ------
    DataError
        If this is not a clone: the seed stories are not installed with the package.
    """
    folder = files("seeds") / "texts"
    if not folder.is_dir():
        raise DataError("the benchmark reads the seed articles, which are in a clone of unspin only: run it there")
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".txt"))
    stories = [(folder / name).read_text(encoding="utf-8") for name in names]
    return [
        _cut((stories[at % len(stories)] for at in itertools.count(start, _STRIDE)), words) for start in range(count)
    ]


def _cut(stories: Iterator[str], words: int) -> str:
    """Stories one after another, cut after so many words."""
    text = ""
    while len(spans := Document(text).words) < words:
        text += next(stories).strip() + "\n\n"
    return text[: spans[words - 1].end] + ".\n"
