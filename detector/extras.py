"""The optional extras of the package, and what to do if one is missing."""

import json
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from detector.errors import UnspinError

PURPOSES = {
    "audit": "feeds, web archives and Parquet tables in unspin audit, unspin report and unspin calibrate",
    "postgresql": "unspin audit --store postgresql://...",
    "archive": "unspin archive",
    "opensearch": "unspin archive on OpenSearch",
    "dask": "unspin audit --backend dask",
    "serve": "unspin serve",
    "plot": "drawings in notebooks",
    "train": "unspin train and unspin evaluate",
    "reader-train": "unspin train --reader",
}
"""What each extra is for, in the user's words."""

_MODULES = {"opensearch-py": "opensearchpy"}
"""Import names of packages that differ from their package names."""

_ITSELF = "unspin"
"""An extra may require another extra of unspin itself."""

_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)")
_NAME = re.compile(r"[\w.-]+")


def require(extra: str, what: str) -> None:
    """Raise an error if a package of an extra cannot be imported.

    Parameters
    ----------
    what : str
        What needs the extra, as the user named it.

    Raises
    ------
    UnspinError
        Names the packages and the command that installs them.
    """
    if missing := missing_from(extra):
        raise UnspinError(needs(what, extra, missing))


def needs(what: str, extra: str, packages: Iterable[str]) -> str:
    """Return the error message for a missing extra, with a command that works in this installation."""
    return f"{what} needs {', '.join(packages)}, which this Python does not have: {remedy(extra)}"


def missing_from(extra: str) -> list[str]:
    """Return the packages of an extra that cannot be imported, whatever their versions."""
    names = packages_of(extra, _requirements())
    return [name for name in names if find_spec(_MODULES.get(name, name.replace("-", "_"))) is None]


def packages_of(extra: str, requirements: Sequence[str]) -> list[str]:
    """Return the packages that an extra requires.

    Parameters
    ----------
    requirements : sequence of str
        As in the distribution's metadata.

    Examples
    --------
    >>> packages_of("plot", ["numpy>=2.1", 'matplotlib>=3.9; extra == "plot"', 'scipy; extra == "train"'])
    ['matplotlib']
    """
    asked = [(line, _EXTRA.search(line)) for line in requirements]
    names = [name[0] for line, found in asked if found and found[1] == extra and (name := _NAME.match(line))]
    return [name for name in names if name != _ITSELF]


def remedy(extra: str) -> str:
    """Return a command that adds an extra to this installation of unspin.

    The command installs unspin again from the source that pip recorded. If the source is unknown or gone, it names the
    packages themselves, because unspin is not on a package index yet.
    """
    where = _came_from(extra)
    return pip_install(*(where or [line.partition(";")[0].strip() for line in _requirements() if _of(line, extra)]))


def pip_install(*what: str) -> str:
    """Return the command that installs packages for the running Python.

    >>> pip_install("pandas>=2").partition(" -m ")[2]
    "pip install 'pandas>=2'"
    """
    return shlex.join([sys.executable or "python", "-m", "pip", "install", *what])


def _of(requirement: str, extra: str) -> bool:
    found = _EXTRA.search(requirement)
    return found is not None and found[1] == extra and not requirement.startswith(f"{_ITSELF}[")


def _requirements() -> Sequence[str]:
    try:
        return distribution("unspin").requires or ()
    except PackageNotFoundError:
        # Imported from a folder without installation.
        return ()


def _came_from(extra: str) -> list[str]:
    """Return pip's arguments for the source that unspin was installed from; empty if it is unknown."""
    try:
        recorded: Any = json.loads(distribution("unspin").read_text("direct_url.json") or "")
        url = str(recorded["url"])
        address = urlsplit(url)
        if address.scheme == "file":
            path = Path(url2pathname(address.path))
            editable = ["--editable"] if recorded.get("dir_info", {}).get("editable") else []
            return [*editable, f"{path}[{extra}]"] if path.exists() else []
        if "vcs_info" in recorded:
            version = recorded["vcs_info"]
            url = f"{version['vcs']}+{url}@{version['commit_id']}"
    except (PackageNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [f"unspin[{extra}] @ {url}"]
