"""What a robots.txt says."""

from typing import TYPE_CHECKING

from detector.extras import needs
from detector.fetch.errors import FetchError

if TYPE_CHECKING:
    from protego import Protego


def rules_in(data: bytes) -> "Protego | None":
    """The rules of a robots.txt; None where there are none to be found.

    Raises
    ------
    FetchError
        If the package that reads them is missing.
    """
    try:
        from protego import Protego
    except ImportError:
        raise FetchError(needs("Following links", "audit", ["protego"])) from None
    try:
        return Protego.parse(data.decode("utf-8", errors="replace"))
    except (ValueError, TypeError, RecursionError):
        return None
