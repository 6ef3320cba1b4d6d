"""Stage one of training: the n-gram tables, counted from reference copy."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.errors import DataError
from detector.lab.data.corpus import Story, held_out, sets_in, stories
from detector.lab.data.stories import Article
from detector.lab.training.count_ngrams import Sizes, Stream, build, merge, overlapping, select, tokenise
from detector.lab.training.general_english import Pairs
from features.language_model.ngrams import UNKNOWN, Ids

BATCH = 1500


def batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of at most ``size`` items.

    >>> [len(b) for b in batches("abcde", 2)]
    [2, 2, 1]
    """
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def tokenise_all(texts: Iterable[str], *, jobs: int) -> Stream:
    """Token ids of many texts, computed by worker processes."""
    with Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs") as parallel:
        return merge(parallel(delayed(tokenise)(batch) for batch in batches(texts, BATCH)))


def all_stories(data: Path) -> Iterator[Story]:
    """Every story of every set in the data folder."""
    for name in sets_in(data):
        yield from stories(data, name)


def read_reference(data: Path, words: Mapping[str, int], *, jobs: int, archive: Iterable[str] = ()) -> Ids:
    """The archive and the stories of the role ``reference``, as ids of an existing vocabulary."""
    texts = (story.text for story in all_stories(data) if story.role == "reference")
    stream = tokenise_all(chain(archive, texts), jobs=jobs)
    to = np.fromiter((words.get(word, UNKNOWN) for word in stream.words), np.int32, len(stream.words))
    return to[np.where(stream.ids < 0, -stream.ids - 1, stream.ids)]


def count_reference(
    data: Path,
    folder: Path,
    *,
    sizes: Sizes,
    jobs: int,
    progress: Callable[[str], None],
    archive: Iterable[str] | None = None,
    general: Callable[[Mapping[str, int]], Pairs] | None = None,
) -> tuple[dict[str, int], Ids]:
    """Count the stories of the role ``reference``, and the texts of an archive, into n-gram tables in ``folder``.

    Texts that share running text with a held-out story are left out. ``general`` is passed to
    :func:`detector.lab.training.count_ngrams.build`.

    Returns
    -------
    dict
        The summary of :func:`detector.lab.training.count_ngrams.build`; the numbers of stories counted and left out.
    ndarray of int32
        The counted copy as vocabulary ids.
    """
    held: list[str] = []

    def reference() -> Iterator[str]:
        # The archive comes first: if it has no articles, training fails at once and not after hours.
        if archive is not None:
            counted = 0
            for text in archive:
                counted += 1
                yield text
            progress(f"reference copy: your archive, {counted:,} stories")
        for name in sets_in(data):
            counted = 0
            for story in stories(data, name):
                if story.role == "reference":
                    counted += 1
                    yield story.text
                else:
                    held.append(story.text)
            progress(f"reference copy: {name}, {counted:,} stories")

    stream = tokenise_all(reference(), jobs=jobs)
    if not len(stream.ids):
        raise DataError(f"{data} has no story of the role reference. docs/training-data.md says which those are.")
    progress(f"reference copy: {len(stream.ids):,} tokens; looking for stories shared with held-out ones")
    counted_part, shared = _shared(stream, held, jobs=jobs)
    n = len(shared)
    progress(f"reference copy: {int(shared.sum()):,} of {n:,} stories share text with held-out ones and are left out")
    summary, ids = build(select(counted_part, ~shared), folder, sizes, progress, general)
    return {**summary, "stories": int(n - shared.sum()), "left_out": int(shared.sum())}, ids


def apart(data: Path, articles: Sequence[Article], *, held: Sequence[str] | None = None, jobs: int) -> list[Article]:
    """The articles that share no running text with a held-out story, by the same rule as the reference copy.

    Held out is every story of the folder that is not counted, unless ``held`` names the texts.
    """
    if held is None:
        held = [story.text for name in sets_in(data) for story in held_out(data, name)]
    _, shared = _shared(tokenise_all([a.text for a in articles], jobs=jobs), held, jobs=jobs)
    return [a for a, s in zip(articles, shared.tolist(), strict=True) if not s]


def _shared(stream: Stream, held_out: Sequence[str], *, jobs: int) -> tuple[Stream, NDArray[np.bool_]]:
    """The stream over a common list of words, and which of its stories share text with held-out ones."""
    both = merge([stream, tokenise_all(held_out, jobs=jobs)])
    n = len(stream.offsets) - 1
    cut = int(both.offsets[n])
    own = Stream(both.ids[:cut], both.offsets[: n + 1], both.words)
    return own, overlapping(own, Stream(both.ids[cut:], both.offsets[n:] - cut, both.words))
