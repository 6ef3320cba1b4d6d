"""Writing the page: whole or not at all, and never over anything but an earlier page of ours."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from detector.errors import UnspinError


def refuse_target(target: Path, article: str) -> None:
    """Raise if writing ``target`` would destroy something: the article itself, or a file that is not our page.

    Called before the work, so that a mistaken ``--html story.txt`` costs nothing.
    """
    from detector.render.page import GENERATOR

    if not target.parent.is_dir():
        raise UnspinError(f"{target}: the folder {target.parent} does not exist. Make it, or name another file.")
    if not target.exists():
        return
    if article != "-" and Path(article).exists() and target.samefile(article):
        raise UnspinError(f"{target}: this is the article itself. Name another file for the page.")
    if not target.is_file():
        raise UnspinError(f"{target}: not a file, so no page can be written there. Name another file.")
    try:
        with target.open(encoding="utf-8", errors="replace") as file:
            ours = file.read(len(GENERATOR)) == GENERATOR
    except OSError as error:
        raise UnspinError(f"{target}: cannot be read ({error.strerror}). Name another file for the page.") from error
    if not ours:
        raise UnspinError(
            f"{target}: exists and is not a page that unspin wrote. Name another file, or delete this one first."
        )


def write_page(target: Path, page: str) -> None:
    """Write the page beside its place and move it there, so that a reader never sees half of one."""
    real = Path(os.path.realpath(target))
    try:
        handle, draft = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(page)
            Path(draft).chmod(_usual_mode())
            Path(draft).replace(real)
        except BaseException:
            with suppress(OSError):
                Path(draft).unlink()
            raise
    except OSError as error:
        raise UnspinError(f"{target}: the page could not be written ({error.strerror}).") from error


def _usual_mode() -> int:
    """The rights that a new file gets; a temporary file has fewer."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
