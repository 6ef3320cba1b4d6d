"""A hash of code, so that a cached result depends on the code that made it."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from detector.manifest import sha256


def code_hash(*names: str) -> str:
    """SHA-256 of the Python files of modules and packages; packages include all their submodules.

    It takes module names, not paths: if a file moves, this function fails instead of silently leaving it out.

    Parameters
    ----------
    *names : str
        Dotted names, such as ``"features"`` or ``"detector.language"``.

    Raises
    ------
    ModuleNotFoundError
        If there is no such module.

    Examples
    --------
    >>> code_hash("detector.errors") == code_hash("detector.errors") != code_hash("detector.verdict")
    True
    """
    parts = []
    for name in names:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"no module named {name!r}", name=name)
        origin = Path(spec.origin)
        files = sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]
        parts += [f"{name}/{path.relative_to(origin.parent).as_posix()} {sha256(path)}" for path in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
