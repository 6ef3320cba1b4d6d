"""Writing a file of results: whole or not at all, and never over anything but an earlier one of ours."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from detector.errors import UnspinError

_ENDS = 64 * 1024


def refuse_result(
    target: Path,
    source: Path | None,
    is_ours: Callable[[bytes, bytes], bool],
    *,
    source_is: str = "store",
    not_ours: str = "nothing",
    over_empty: bool = True,
) -> None:
    """Raise if writing ``target`` would destroy something; called before the work, so that a mistake costs nothing.

    Parameters
    ----------
    source : Path or None
        The file that the results are made of; None where it is no file.
    is_ours : callable
        Given the beginning and the end of a file, says whether it is an earlier result.
    source_is, not_ours : str
        What the sentences call the source, and a file that is not ours.
    over_empty : bool
        Whether an empty file may be written over.
    """
    if not target.parent.is_dir():
        raise UnspinError(f"{target}: the folder {target.parent} does not exist. Make it, or name another file.")
    if not target.exists():
        return
    if source is not None and source.exists() and target.samefile(source):
        raise UnspinError(f"{target}: this is the {source_is} itself. Name another file.")
    if not target.is_file():
        raise UnspinError(f"{target}: not a file, so nothing can be written there. Name another file.")
    try:
        with target.open("rb") as file:
            head = file.read(_ENDS)
            file.seek(max(0, target.stat().st_size - _ENDS))
            tail = file.read(_ENDS)
    except OSError as error:
        raise UnspinError(f"{target}: cannot be read ({error.strerror}). Name another file.") from error
    if (head or not over_empty) and not is_ours(head, tail):
        raise UnspinError(
            f"{target}: exists and is {not_ours} that unspin wrote. Name another file, or delete this one first."
        )


@contextmanager
def result_file(target: Path, mode: str, **settings: Any) -> Iterator[IO[Any]]:  # noqa: ANN401 - of `open`
    """A file to write, beside its place; moved there when the block ends well, gone when it does not."""
    real = Path(os.path.realpath(target))
    try:
        handle, draft = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
        try:
            with os.fdopen(handle, mode, **settings) as file:
                yield file
            Path(draft).chmod(_usual_mode())
            Path(draft).replace(real)
        except BaseException:
            with suppress(OSError):
                Path(draft).unlink()
            raise
    except OSError as error:
        raise UnspinError(f"{target}: could not be written ({error.strerror}).") from error


def _usual_mode() -> int:
    """The rights that a new file gets; a temporary file has fewer."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
