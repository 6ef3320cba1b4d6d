"""Write a file of results whole or not at all, and never over a file that unspin did not write."""

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
    try:
        # First, as the questions below may answer "no" where nothing may be asked.
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
        # Whether a folder takes a file is known only when it has taken one.
        handle, draft = _draft(Path(os.path.realpath(target)))
        os.close(handle)
        draft.unlink()
    except OSError as error:
        raise UnspinError(f"{short(target)}: cannot be written ({error.strerror}). Name another file.") from error


def _is_same(source: Path | None, target: Path) -> bool:
    # A source that cannot be looked at is told when it is read.
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
    """A file to write, beside its place; moved there when the block ends well, gone when it does not."""
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
    """A new file beside a place, open."""
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
    return handle, Path(name)


def _usual_mode() -> int:
    """The rights that a new file gets; a temporary file has fewer."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
