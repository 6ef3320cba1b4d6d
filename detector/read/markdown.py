"""The prose of a Markdown file, as a reader of the rendered page sees it, without code."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_DROPPED_ELEMENT = re.compile(r"<!--|<(script|style|pre|svg|iframe|textarea)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]{0,40}(?:\s[^<>]{0,2000})?/?>")
_FOOTNOTE_START = re.compile(r"^( {0,3})\[\^[^\]\s]{1,100}\]:[ \t]*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,100}\]")
_TASK = re.compile(r"\A\[[ xX]\][ \t]+")
_SPACES = re.compile(" {2,}")


def markdown_text(source: str) -> str:
    r"""Return the text a reader sees: one paragraph, heading, list item or table row per line, blocks with blank lines.

    It omits front matter, code blocks, raw HTML, comments, images, link targets and reference definitions. Lines of one
    paragraph are joined, because Markdown's line breaks do not show.

    >>> markdown_text("# Talks *end*\n\nBoth sides [agreed](http://example.org/x)\nto meet again.")
    'Talks end\n\nBoth sides agreed to meet again.'
    """
    from markdown_it import MarkdownIt

    prose = _FOOTNOTE_START.sub(r"\1", _without_html(_without_front_matter(source)))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(prose)
    return "\n\n".join(block for block in _blocks(tokens) if block).strip()


def _without_front_matter(source: str) -> str:
    for fence in ("---", "+++"):
        if source.startswith((fence + "\n", fence + "\r\n")):
            closing = re.compile(r"^(?:" + re.escape(fence) + r"|\.\.\.)[ \t]*\r?$", re.MULTILINE).search(source, 4)
            # Front matter only if what follows looks like settings; otherwise it is a rule.
            if closing and re.match(r"\s*(?:#.*\n\s*)*[\w\"'-]+\s*[:=]", source[4 : closing.start()]):
                return source[closing.end() :]
    return source


def _without_html(source: str) -> str:
    """Drop comments and elements whose content is not prose."""
    parts: list[str] = []
    at = search_from = 0
    unclosed: set[str] = set()
    while opening := _DROPPED_ELEMENT.search(source, search_from):
        search_from = opening.end()
        element = (opening[1] or "").lower()
        if element in unclosed:
            continue
        closing = re.compile(f"</{element}[^>]{{0,50}}>" if element else "-->", re.IGNORECASE).search(
            source, search_from
        )
        if closing is None:
            unclosed.add(element)
            continue
        parts.append(source[at : opening.start()])
        at = search_from = closing.end()
    return "".join([*parts, source[at:]])


def _blocks(tokens: Iterable["Token"]) -> Iterator[str]:
    """Yield paragraphs and other blocks as strings. A line break inside is one that the writer asked for."""
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield "\t".join(row).strip()
            row = None
        elif token.type == "html_block":
            yield _SPACES.sub(" ", _TAG.sub("", token.content).replace("\n", " ")).strip()
        elif token.type == "inline":
            text = _inline(token.children or ())
            if row is not None:
                row.append(text)
            else:
                yield _TASK.sub("", text)


def _inline(children: Iterable["Token"]) -> str:
    parts: list[str] = []
    autolink = False
    for child in children:
        if child.markup == "autolink":
            autolink = child.type == "link_open"
        elif child.type in ("text", "text_special", "code_inline") and not autolink:
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" " if child.type == "softbreak" else "\n")
    return _SPACES.sub(" ", _FOOTNOTE_MARK.sub("", "".join(parts))).strip()
