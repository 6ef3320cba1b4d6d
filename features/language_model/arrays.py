"""Read tables from NumPy files, with one clear error for a damaged file."""

import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, TypeError, ValueError)
"""What NumPy raises for a damaged array or archive."""


def damaged(path: Path) -> ValueError:
    """Return the error for a damaged file."""
    return ValueError(f"{path} is damaged: train again or reinstall unspin")


def open_array(path: Path, kind: type[np.generic], dimensions: int) -> NDArray[Any]:
    """Open a memory-mapped array, which processes share.

    Raises ValueError if the file is damaged or holds another kind of array, and OSError if it cannot be read.
    """
    try:
        # `np.load` would also accept an archive.
        array = np.lib.format.open_memmap(path, mode="r").view(np.ndarray)
    except DAMAGED as error:
        raise damaged(path) from error
    if array.dtype != kind or array.ndim != dimensions:
        raise damaged(path)
    return np.asarray(array)
