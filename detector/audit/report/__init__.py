"""Report the results of an audit: ``summarise(store)`` as numbers, ``to_frame(store)`` as a table, and renderings.

>>> from detector.audit.report import summarise, to_frame  # doctest: +SKIP
>>> summarise("audit.sqlite")  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.audit.report.figures import Summary
    from detector.audit.report.frame import to_frame
    from detector.audit.report.summary import summarise

__all__ = ["Summary", "summarise", "to_frame"]

_HOME = {"Summary": "figures", "summarise": "summary", "to_frame": "frame"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever it names
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
