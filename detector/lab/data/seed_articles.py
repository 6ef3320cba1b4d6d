"""Articles of equal length for the benchmarks, composed of our own seed stories."""

import itertools
from collections.abc import Iterator
from importlib.resources import files

from detector.errors import DataError
from features.document import Document

WORDS = 850
"""Length of an article in words; the speed budgets are set for it."""

_STRIDE = 11  # neighbouring seed stories are rewrites of each other


def articles(count: int, words: int = WORDS) -> list[str]:
    """Articles of exactly ``words`` words, each beginning with a different seed story if there are enough.

    Raises DataError if the seed stories are missing: only a clone has them, not the installed package.
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
    """The concatenated stories, cut after ``words`` words."""
    text = ""
    while len(spans := Document(text).words) < words:
        text += next(stories).strip() + "\n\n"
    return text[: spans[words - 1].end] + ".\n"
