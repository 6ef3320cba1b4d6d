"""The extras of the package, for the parts that not everybody needs, and what to do where one is missing."""

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
    "archive": "unspin archive",
    "opensearch": "unspin archive on OpenSearch",
    "dask": "unspin audit --backend dask",
    "serve": "unspin serve",
    "plot": "drawings in notebooks",
    "train": "unspin train and unspin evaluate",
    "reader-train": "unspin train --reader",
}
"""What each extra is for, as a user would say it."""

_MODULES = {"opensearch-py": "opensearchpy"}
"""How packages are imported that are not imported by their own name."""

_ITSELF = "unspin"
"""An extra may name another one as a package of its own."""

_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)")
_NAME = re.compile(r"[\w.-]+")


def require(extra: str, what: str) -> None:
    """Stop with a sentence where a package of an extra cannot be imported.

    Parameters
    ----------
    what : str
        What needs it, as the user named it.

    Raises
    ------
    UnspinError
        Names the packages and the command that installs them.
    """
    if missing := missing_from(extra):
        raise UnspinError(needs(what, extra, missing))


def needs(what: str, extra: str, packages: Iterable[str]) -> str:
    """The sentence about a missing extra, with a command that works in this installation."""
    return f"{what} needs {', '.join(packages)}, which this Python does not have: {remedy(extra)}"


def missing_from(extra: str) -> list[str]:
    """Names of the packages of an extra that cannot be imported, whatever their versions."""
    names = packages_of(extra, _requirements())
    return [name for name in names if find_spec(_MODULES.get(name, name.replace("-", "_"))) is None]


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
    names = [name[0] for line, found in asked if found and found[1] == extra and (name := _NAME.match(line))]
    return [name for name in names if name != _ITSELF]


def remedy(extra: str) -> str:
    """A command that adds an extra to this very installation of unspin.

    unspin is installed again from where pip recorded that it came from. Where that is not known, or is there no more, the
    command names the packages themselves: unspin is on no package index yet.
    """
    where = _came_from(extra)
    return pip_install(*(where or [line.partition(";")[0].strip() for line in _requirements() if _of(line, extra)]))


def pip_install(*what: str) -> str:
    """The command that installs packages for the Python that is running.

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
        # Imported from a folder that nobody installed.
        return ()


def _came_from(extra: str) -> list[str]:
    """What to give pip: the folder, archive or repository that unspin was installed from; nothing if it is unknown."""
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
