"""The whole stage: choose the stories, then train from the pretrained network until stopped."""

from collections.abc import Callable
from pathlib import Path

import torch

from detector.lab.training.reader.lessons import Lessons, load_lessons
from detector.lab.training.reader.network import pretrained_network, pretrained_vocabulary
from detector.lab.training.reader.run import State, chunks, train
from detector.lab.training.reader.stories import write_stories
from detector.lab.training.training_sets import WEIGHTS_OF_FAMILIES, trained_spinners
from features.reader.word_pieces import WordPieces

STORIES = "stories.jsonl"


def build_lessons(data: Path, stories: Path, seed: int) -> Lessons:
    """The lessons of a run, as its worker makes them."""
    pieces = WordPieces(pretrained_vocabulary())
    return load_lessons(stories, trained_spinners(data), WEIGHTS_OF_FAMILIES, pieces, seed)


def train_reader(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    threads: int = 1,
    jobs: int = 1,
    until: int | None = None,
    decay: int | None = None,
    progress: Callable[[str], None] = print,
) -> State:
    """Train the reader in a folder; the same command goes on with a run that was stopped.

    Parameters
    ----------
    data : Path
        The data folder.
    out : Path
        Checkpoints, kept weights and the chosen stories.
    seed : int
        Fixes every lesson.
    threads : int
        Threads of the network.
    jobs : int
        Worker processes that choose the stories, once.
    until, decay : int, optional
        When to stop: see :func:`detector.lab.training.reader.run.train`.
    progress : callable
        Takes one line at a time.

    Raises
    ------
    DataError
        If data, the pretrained network or a checkpoint cannot be read.
    """
    torch.set_num_threads(threads)
    network = pretrained_network()
    out.mkdir(parents=True, exist_ok=True)
    stories = out / STORIES
    if not stories.is_file():
        write_stories(data, stories, jobs=jobs, progress=progress)
    progress(f"seed {seed}, families: {', '.join(sorted(trained_spinners(data)))}")
    return train(
        network,
        out,
        lambda first: chunks(build_lessons, (data, stories, seed), first),
        until=until,
        decay=decay,
        progress=progress,
    )
