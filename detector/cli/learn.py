"""``unspin train`` and ``unspin evaluate``: the model made anew, and measured."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.notes import tell
from detector.errors import DataError


def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder with reference copy and rewrites.")],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where features/tables and detector/artefact go: a clone of unspin, whose model is replaced, or any folder.",
        ),
    ] = Path("model"),
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            metavar="SOURCE",
            help="Your own archive, any source that unspin audit reads: counted as reference copy beside DATA's. Again for more.",
        ),
    ] = None,
    reader: Annotated[
        bool,
        typer.Option(
            "--reader",
            help="Train the reader in DIR instead, until stopped. The same command continues. Needs the extra reader-train.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Fixes every random choice.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Rebuild every table and the model from a data folder."""
    _must_be_folder(data)
    if reader:
        return _train_reader(data, out, reference, seed, _silent if quiet else _note)
    from detector.lab.data.own_copy import Archive
    from detector.lab.training.train import train as train_on

    archive = Archive(lambda: _texts(reference)) if reference else None
    train_on(data, out, seed=seed, progress=_silent if quiet else _note, archive=archive)
    return 0


def evaluate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder with held-out human copy and rewrites.")],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where EVALUATION.md, evaluation.json and the plots go; DIR/.cache keeps what was measured.",
        ),
    ] = Path("docs"),
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="DIR", help="Folder that `unspin train` wrote; else the model of the package."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A look in a few minutes: few texts, wide intervals.")] = False,
    left_out: Annotated[
        bool | None,
        typer.Option(
            "--left-out/--no-left-out",
            help="Train models without each family of spinners, for an hour or so. On unless --quick.",
            show_default=False,
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="Worker processes.")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="Fixes every random choice.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Measure the model on held-out data and write a report.

    The figures come with error bars, by kind of text.
    """
    _must_be_folder(data)
    from detector.lab.evaluation import evaluate as measure

    progress = _silent if quiet else _note
    measure(data, out, model=model, quick=quick, left_out=left_out, jobs=jobs, seed=seed, progress=progress)
    return 0


def _train_reader(
    data: Path, out: Path, reference: list[str] | None, seed: int, progress: Callable[[str], None]
) -> int:
    if reference:
        raise DataError("--reference is not for --reader: the reader learns from DATA alone. Leave one of them out.")
    from detector.lab.training.reader import require

    require()
    from detector.lab.training.reader.command import train_reader

    train_reader(data, out, seed=seed, progress=progress)
    return 0


def _must_be_folder(data: Path) -> None:
    if not os.path.isdir(data):  # noqa: PTH112 - `Path.is_dir` raises where a folder above may not be searched
        raise DataError(f"{data}: not a folder. Name the folder that holds the data.")


def _texts(sources: list[str]) -> Iterator[str]:
    """The texts of an archive; what cannot be read is told and left out."""
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
