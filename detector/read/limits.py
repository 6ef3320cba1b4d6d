"""How much of an input is read before it is refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one input. Nothing is cut short in silence: what exceeds a bound is refused.

    Parameters
    ----------
    max_bytes : int
        Largest file, in bytes as stored. A long article has about 10,000.
    max_characters : int
        Longest text after decoding and unpacking, in code points.
    max_unpacked_bytes : int
        Most bytes that the main part of a .docx may unpack to: the guard against zip bombs.
    max_page_characters : int
        Longest web page, scripts and styles taken out, that is searched for its article with trafilatura.
        A longer one is read in full by the plain reader, which needs time in proportion to the page.
    max_page_tags : int
        The same bound in tags: trafilatura builds a tree.
    """

    max_bytes: int = 10_000_000
    max_characters: int = 10_000_000
    max_unpacked_bytes: int = 30_000_000
    max_page_characters: int = 1_000_000
    max_page_tags: int = 20_000
