"""How large an input may be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one input. An input beyond a bound is refused, never cut.

    Parameters
    ----------
    max_bytes : int
        Largest file, in bytes as stored. A long article has about 10,000.
    max_characters : int
        Longest text after decoding and unpacking, in code points.
    max_unpacked_bytes : int
        Most unpacked bytes of the main part of a .docx, as protection against zip bombs.
    max_page_characters : int
        Longest web page, without scripts and styles, in which trafilatura searches for the article. The plain reader
        reads a longer one in full, in linear time.
    max_page_tags : int
        The same bound in tags, because trafilatura builds a tree.
    max_markdown_characters : int
        Longest Markdown text. Its parser is slow.
    """

    max_bytes: int = 10_000_000
    max_characters: int = 10_000_000
    max_unpacked_bytes: int = 30_000_000
    max_page_characters: int = 1_000_000
    max_page_tags: int = 20_000
    max_markdown_characters: int = 500_000
