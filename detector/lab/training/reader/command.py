"""The whole stage: choose the stories, then train from the pretrained network until stopped."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from detector.errors import DataError
from detector.lab.spinners import Spinner, families, family
from detector.lab.spinners.wordnet import nouns, wordnet_is_installed, wordnet_thesaurus
from detector.lab.training.reader import any_part, near_pieces
from detector.lab.training.reader.export import common_pieces, count_pieces, export, load_weights
from detector.lab.training.reader.lessons import Lessons, load_lessons
from detector.lab.training.reader.network import pretrained_network, pretrained_vocabulary
from detector.lab.training.reader.run import State, chunks, train
from detector.lab.training.reader.stories import write_stories
from detector.lab.training.training_sets import trained_spinners
from features.reader.word_pieces import WordPieces

STORIES, RUN = "stories.jsonl", "run.json"

OWN = {near_pieces.NAME: near_pieces.WEIGHT, any_part.NAME: any_part.WEIGHT}
"""Rewriters that only the reader's lessons have, and how often each is drawn."""

LEAST_OFTEN = 60
"""Times that a piece must occur in the stories to stay in the vocabulary of an export."""


class Run(NamedTuple):
    """What fixes the lessons of a run; written when it begins, and kept however often it is resumed."""

    seed: int
    families: tuple[str, ...]


def begun(out: Path, data: Path, seed: int, leave_out: frozenset[str]) -> Run:
    """The run in a folder, or a new one.

    A new one has every family that models are trained on, and the reader's own (:data:`OWN`), but for those left out.

    Raises DataError if no family is left, or the folder's run cannot be read or has another seed or a family that is
    left out.
    """
    path = out / RUN
    if not path.is_file():
        own = set(OWN) if wordnet_is_installed() else set(OWN) - {any_part.NAME}
        run = Run(seed, tuple(sorted({*trained_spinners(data), *own} - leave_out)))
        if not run.families:
            raise DataError("No family is left for the reader to learn from: leave out fewer.")
        path.write_text(json.dumps(run._asdict()) + "\n", encoding="utf-8")
        return run
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        run = Run(int(row["seed"]), tuple(map(str, row["families"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} cannot be read: name another folder to begin a new run.") from error
    if run.seed != seed or leave_out & set(run.families):
        raise DataError(f"{out} holds a run with other lessons: name another folder to begin a new run.")
    return run


def build_lessons(data: Path, stories: Path, run: Run) -> Lessons:
    """The lessons of a run, as its worker makes them. Raises DataError if a family of the run is not there any more."""
    known = families(data)
    listed = [name for name in run.families if name not in OWN]
    gone = [name for name in listed if name not in known]
    if gone:
        raise DataError(f"The reader's run needs the family {gone[0]}, which is not there.")
    spinners = {name: known[name] for name in listed}
    weights = {name: family(name).weight for name in listed}
    vocabulary = pretrained_vocabulary()
    for name in OWN.keys() & set(run.families):
        spinners[name] = _own(name, vocabulary)
        weights[name] = OWN[name]
    return load_lessons(stories, spinners, weights, WordPieces(vocabulary), run.seed)


def _own(name: str, vocabulary: Sequence[str]) -> Spinner:
    if name == near_pieces.NAME:
        return near_pieces.near_pieces(vocabulary, pretrained_network().pieces.numpy())
    return any_part.AnyPart(wordnet_thesaurus(), nouns())


def train_reader(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    leave_out: frozenset[str] = frozenset(),
    begin_with: Path | None = None,
    threads: int = 1,
    jobs: int = 1,
    until: int | None = None,
    decay: int | None = None,
    progress: Callable[[str], None] = print,
) -> State:
    """Train the reader in a folder; the same command goes on with a run that was stopped.

    Parameters
    ----------
    out : Path
        Checkpoints, kept weights and the chosen stories.
    seed : int
        Fixes every lesson.
    leave_out : frozenset of str
        Families that the reader may not meet.
    begin_with : Path, optional
        Weights that another run has kept, to begin with in place of the pretrained ones.
    jobs : int
        Worker processes that choose the stories, once.
    until, decay : int, optional
        When to stop: see :func:`detector.lab.training.reader.run.train`.

    Raises
    ------
    DataError
        If data, the pretrained network or a checkpoint cannot be read.
    """
    torch.set_num_threads(threads)
    network = pretrained_network()
    if begin_with is not None:
        network = replace(network, trained=load_weights(begin_with, network))
    out.mkdir(parents=True, exist_ok=True)
    stories = out / STORIES
    if not stories.is_file():
        write_stories(data, stories, jobs=jobs, progress=progress)
    run = begun(out, data, seed, leave_out)
    progress(f"seed {run.seed}, families: {', '.join(run.families)}")
    return train(
        network,
        out,
        lambda first: chunks(build_lessons, (data, stories, run), first),
        until=until,
        decay=decay,
        progress=progress,
    )


def export_reader(
    out: Path, folder: Path, *, least: int = LEAST_OFTEN, progress: Callable[[str], None] = print
) -> None:
    """Write a reader's folder from the newest weights that a run has kept.

    Parameters
    ----------
    folder : Path
        Where the reader goes.
    least : int
        Times that a piece must occur in the run's stories to stay in the vocabulary; 0 keeps every piece.

    Raises
    ------
    DataError
        If the run has kept no weights yet.
    """
    kept = sorted(out.glob("reader-*.safetensors"))
    if not kept:
        raise DataError(f"{out} holds no weights of a reader yet: train for longer.")
    vocabulary = pretrained_vocabulary()
    rows: Sequence[int] = range(len(vocabulary))
    if least:
        with (out / STORIES).open(encoding="utf-8") as lines:
            counts = count_pieces((json.loads(line)["text"] for line in lines), WordPieces(vocabulary))
        rows = common_pieces(vocabulary, counts, least)
    network = pretrained_network()
    export(network, load_weights(kept[-1], network), vocabulary, rows, folder)
    progress(f"{folder}: {kept[-1].name}, {len(rows):,} pieces")
