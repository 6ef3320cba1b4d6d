"""The extras of the package, for the parts that not everybody needs, and whether they are installed."""

import re
from collections.abc import Sequence

PURPOSES = {
    "audit": "unspin audit, unspin report and unspin calibrate",
    "dask": "unspin audit --backend dask",
    "serve": "unspin serve",
    "plot": "drawings in notebooks",
    "train": "unspin train and unspin evaluate",
    "reader-train": "unspin train --reader",
}
"""What each extra is for, as a user would say it."""

_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)")
_NAME = re.compile(r"[\w.-]+")


def packages_of(extra: str, requirements: Sequence[str]) -> list[str]:
    """Names of the packages that an extra asks for.

    Parameters
    ----------
    requirements : sequence of str
        As in a distribution's metadata.

    Examples
    --------
    >>> packages_of("plot", ["numpy>=2.1", 'matplotlib>=3.9; extra == "plot"', 'scipy; extra == "train"'])
    ['matplotlib']
    """
    asked = [(line, _EXTRA.search(line)) for line in requirements]
    return [name[0] for line, found in asked if found and found[1] == extra and (name := _NAME.match(line))]


def missing_from(extra: str) -> list[str]:
    """Names of the packages of an extra that are not installed, whatever their versions."""
    from importlib.metadata import PackageNotFoundError, requires, version

    missing = []
    for package in packages_of(extra, requires("unspin") or ()):
        try:
            version(package)
        except PackageNotFoundError:
            missing.append(package)
    return missing
