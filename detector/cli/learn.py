"""``unspin train`` and ``unspin evaluate``: make the model again, and measure it."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.notes import tell
from detector.errors import DataError, UnspinError
from detector.extras import require


class Part(StrEnum):
    """A part of the evaluation."""

    WORDS = "words"
    TRACING = "tracing"


def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder of training data: human copy and rewrites.")],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Folder for features/tables and detector/artefact. In a clone of unspin, its model is replaced.",
        ),
    ] = Path("model"),
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            metavar="SOURCE",
            help="Your own archive, to count beside DATA: any source that unspin audit reads. May be repeated.",
        ),
    ] = None,
    reader: Annotated[
        bool,
        typer.Option(
            "--reader",
            help="Train the reader in DIR instead, until stopped. The same command continues. Needs the extra reader-train.",
        ),
    ] = False,
    relation: Annotated[
        bool,
        typer.Option(
            "--relation",
            help="Fit the judge of unspin trace alone, and write it to DIR/detector/artefact/relation.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Seed of every random choice.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> int:
    """Make every table and the model again from a data folder."""
    require("train", "unspin train")
    if relation and reader:
        raise UnspinError("--relation and --reader are two trainings. Give one of them.")
    if reader:
        require("reader-train", "unspin train --reader")
    _must_be_folder(data)
    _expect_new_workers()
    if reader:
        return _train_reader(data, out, reference, seed, _silent if quiet else _note)
    if relation:
        from detector.lab.training.fit_relation import fit_relation
        from detector.lab.training.train import ARTEFACT

        require("archive", "unspin train --relation")
        fit_relation(data, out / ARTEFACT, seed=seed, progress=_silent if quiet else _note)
        return 0
    from detector.lab.data.own_copy import Archive
    from detector.lab.training.train import train as train_on

    archive = Archive(lambda: _texts(reference)) if reference else None
    train_on(data, out, seed=seed, progress=_silent if quiet else _note, archive=archive)
    return 0


def evaluate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder of data with held-out human copy and rewrites.")],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Folder for EVALUATION.md, evaluation.json and the plots. DIR/.cache keeps measurements.",
        ),
    ] = Path("docs"),
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="DIR", help="Folder that unspin train wrote. Default: the model of the package."
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Measure few texts in a few minutes, with wide intervals.")
    ] = False,
    left_out: Annotated[
        bool | None,
        typer.Option(
            "--left-out/--no-left-out",
            help="Also train models that leave out each family of rewriters, which takes about an hour. Default: yes, unless --quick.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        Part | None,
        typer.Option(
            "--only", help="One part of the evaluation alone: tracing writes tracing.json.", show_default=False
        ),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive", metavar="PLACE", help="For tracing: an archive that holds DATA's originals; else one is made."
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="Number of worker processes.")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="Seed of every random choice.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> int:
    """Measure the model on held-out data and write a report.

    The report gives figures by kind of text, with intervals.
    """
    require("train", "unspin evaluate")
    _must_be_folder(data)
    _expect_new_workers()
    from detector.lab.evaluation import evaluate as measure

    progress = _silent if quiet else _note
    if only is not Part.TRACING:
        measure(data, out, model=model, quick=quick, left_out=left_out, jobs=jobs, seed=seed, progress=progress)
    if only is not Part.WORDS:
        from detector.lab.training.fit_relation import can_fit

        if only is Part.TRACING or can_fit(data):
            from detector.lab.evaluation import tracing
            from detector.tracing.judge import FOLDER, load_judge

            tracing.evaluate_tracing(
                data,
                out,
                archive=archive,
                judge=load_judge(model / "detector" / "artefact" / FOLDER) if model is not None else None,
                amounts=tracing.QUICK if quick else tracing.Amounts(),
                seed=seed,
                jobs=jobs,
                progress=progress,
            )
    return 0


def _expect_new_workers() -> None:
    # joblib replaces a worker that has loaded a thesaurus and would warn the user of a memory leak.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)


def _train_reader(
    data: Path, out: Path, reference: list[str] | None, seed: int, progress: Callable[[str], None]
) -> int:
    if reference:
        raise DataError("--reference is not for --reader: the reader learns from DATA alone. Leave one of them out.")
    from detector.lab.training.reader.command import train_reader

    train_reader(data, out, seed=seed, progress=progress)
    return 0


def _must_be_folder(data: Path) -> None:
    if not os.path.isdir(data):  # noqa: PTH112 - `Path.is_dir` raises if a parent folder may not be searched
        raise DataError(f"{data}: not a folder. Name the folder that contains the data.")


def _texts(sources: list[str]) -> Iterator[str]:
    """Yield the texts of an archive; reports and skips what cannot be read."""
    from detector.audit.sources import read_sources

    for item in read_sources(sources):
        if item.document is not None:
            yield item.document.text
        else:
            tell(str(item.error))


def _note(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _silent(_message: str) -> None:
    pass
