"""Writes result files completely or not at all, and never overwrites a file that unspin did not write."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from detector.errors import UnspinError, short

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
    """Raise if writing ``target`` would destroy something. It is called before the work, so a mistake costs nothing.

    Parameters
    ----------
    source : Path or None
        The file that the results are made from; None if the source is not a file.
    is_ours : callable
        Takes the beginning and the end of a file and returns whether it is an earlier result.
    source_is, not_ours : str
        Words of the error messages for the source, and for a file that unspin did not write.
    over_empty : bool
        Whether an empty file may be overwritten.
    """
    try:
        # Do this first: without permission, the tests below may wrongly answer "no".
        with suppress(FileNotFoundError, NotADirectoryError):
            target.stat()
        if not target.parent.is_dir():
            raise UnspinError(f"{target}: the folder {target.parent} does not exist. Create it, or name another file.")
        if target.exists():
            if _is_same(source, target):
                raise UnspinError(f"{target}: this is the {source_is} itself. Name another file.")
            if not target.is_file():
                raise UnspinError(f"{target}: not a file. Name another one.")
            head, tail = _ends_of(target)
            if (head or not over_empty) and not is_ours(head, tail):
                raise UnspinError(
                    f"{target}: exists and is {not_ours} that unspin wrote. Name another file, or delete this one first."
                )
        # Only creating a file shows whether the folder accepts one.
        handle, draft = _draft(Path(os.path.realpath(target)))
        os.close(handle)
        draft.unlink()
    except OSError as error:
        raise UnspinError(f"{short(target)}: cannot be written ({error.strerror}). Name another file.") from error


def _is_same(source: Path | None, target: Path) -> bool:
    # Reading the source later reports its errors.
    with suppress(OSError):
        return source is not None and source.exists() and target.samefile(source)
    return False


def _ends_of(target: Path) -> tuple[bytes, bytes]:
    try:
        with target.open("rb") as file:
            head = file.read(_ENDS)
            file.seek(max(0, target.stat().st_size - _ENDS))
            return head, file.read(_ENDS)
    except OSError as error:
        raise UnspinError(f"{target}: cannot be read ({error.strerror}). Name another file.") from error


@contextmanager
def result_file(target: Path, mode: str, **settings: Any) -> Iterator[IO[Any]]:  # noqa: ANN401 - of `open`
    """Open a temporary file next to the target. It replaces the target if the block succeeds, else it is deleted."""
    real = Path(os.path.realpath(target))
    try:
        handle, draft = _draft(real)
        try:
            with os.fdopen(handle, mode, **settings) as file:
                yield file
            draft.chmod(_usual_mode())
            draft.replace(real)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    except OSError as error:
        raise UnspinError(f"{target}: could not be written ({error.strerror}).") from error


def _draft(real: Path) -> tuple[int, Path]:
    """Open a new file next to a path."""
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
    return handle, Path(name)


def _usual_mode() -> int:
    """Returns the permissions of a normal new file; a temporary file has fewer."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
