"""List the files of a folder that may hold articles, in the order of names."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

# Files that come with saved pages and downloads, and never hold an article.
_NO_ARTICLES = frozenset(
    ".css .js .mjs .map .json5 .png .jpg .jpeg .gif .webp .svg .ico .bmp .tif .tiff .avif .heic .woff .woff2 .ttf .otf .eot "
    ".mp3 .mp4 .m4a .m4v .wav .ogg .ogv .webm .mov .avi .mkv .flac .aac .py .pyc .sh .bat .exe .dll .so .o .class .jar "
    ".sqlite .sqlite-wal .sqlite-shm .db .log .lock .tmp .part .swp .bak .ini .cfg .toml .yaml .yml .sha256 .md5 .sig .asc "
    ".torrent .iso .url .lnk .desktop".split()
)
_NAMES = frozenset({"thumbs.db", "desktop.ini", "robots.txt", "__macosx"})


class FoundFile(NamedTuple):
    """A file, or a file or folder that could not be read, with the reason."""

    path: Path
    problem: OSError | None = None


def may_hold_articles(name: str) -> bool:
    """Whether a file of a folder or archive is read. Hidden files, pictures, styles and similar files are not.

    >>> may_hold_articles("a/story.html"), may_hold_articles("a/logo.png"), may_hold_articles(".git/HEAD")
    (True, False, False)
    """
    path = PurePath(name.replace("\\", "/"))
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in path.parts)
    return not (hidden or path.suffix.lower() in _NO_ARTICLES or any(part.lower() in _NAMES for part in path.parts))


def files_in(folder: Path) -> Iterator[FoundFile]:
    """All files below a folder that may hold articles. Files and folders of one folder are sorted together by name.

    Links are followed, but never into a folder that contains the link, so that circular links end.
    """
    above: list[tuple[int, int]] = []
    entered = _entered(folder, above)
    if isinstance(entered, OSError):
        yield FoundFile(folder, entered)
        return
    # One list of names for each level: memory does not grow with the total number of files.
    levels = [entered or iter(())]
    paths = [folder]
    while levels:
        name = next(levels[-1], None)
        if name is None:
            levels.pop()
            paths.pop()
            above.pop()
            continue
        path = paths[-1] / name
        if not may_hold_articles(name):
            continue
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield FoundFile(path, error)
            continue
        if stat.S_ISDIR(mode):
            below = _entered(path, above)
            if isinstance(below, OSError):
                yield FoundFile(path, below)
            elif below is not None:
                levels.append(below)
                paths.append(path)
        elif stat.S_ISREG(mode):
            yield FoundFile(path)


def _entered(folder: Path, above: list[tuple[int, int]]) -> "Iterator[str] | OSError | None":
    """Add a folder to ``above``, and return its sorted names; None if it is already there."""
    try:
        facts = folder.stat()
        identity = (facts.st_dev, facts.st_ino)
        if identity in above:
            return None
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names need less memory than paths, and a folder may be huge
    except OSError as error:
        return error
    above.append(identity)
    return iter(names)
