"""Tables in files of NumPy, read with one clear sentence where a byte is wrong."""

import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, TypeError, ValueError)
"""What reading an array or an archive of them ends with where a byte is wrong."""


def damaged(path: Path) -> ValueError:
    """What to raise for a file that cannot be made sense of."""
    return ValueError(f"{path} is damaged: train again or reinstall unspin")


def open_array(path: Path, kind: type[np.generic], dimensions: int) -> NDArray[Any]:
    """A memory-mapped array, which processes share.

    Raises
    ------
    ValueError
        If the file is damaged or holds another kind of array.
    OSError
        If it cannot be read.
    """
    try:
        # Not `np.load`, which would also take an archive.
        array = np.lib.format.open_memmap(path, mode="r").view(np.ndarray)
    except DAMAGED as error:
        raise damaged(path) from error
    if array.dtype != kind or array.ndim != dimensions:
        raise damaged(path)
    return np.asarray(array)
