"""Parse robots.txt."""

from typing import TYPE_CHECKING

from detector.extras import needs
from detector.fetch.errors import FetchError

if TYPE_CHECKING:
    from protego import Protego


def rules_in(data: bytes) -> "Protego | None":
    """Return the rules of a robots.txt, or None if it has none.

    Raises FetchError if the package that parses them is missing.
    """
    try:
        from protego import Protego
    except ImportError:
        raise FetchError(needs("Following links", "audit", ["protego"])) from None
    try:
        return Protego.parse(data.decode("utf-8", errors="replace"))
    except (ValueError, TypeError, RecursionError):
        return None
