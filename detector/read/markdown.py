"""The prose of a Markdown file: what a reader of the rendered page sees, without code.

Covers CommonMark's blocks and the usual extensions (front matter, tables, footnotes, strike-through) by lines; it is
not a renderer. Lines of one paragraph are joined, because Markdown breaks them only for the writer's eye.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_HEADING_END = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+(?:\[[ xX]\][ \t]+)?|$)")
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\]\n]{1,300}\]:[ \t]*\S")
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\]\n]{1,100}\]:[ \t]*")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_INDENTED = re.compile(r"(?: {4}|\t)")

_DROPPED_ELEMENT = re.compile(r"<!--|<(?:script|style|pre|svg|iframe|textarea)\b", re.IGNORECASE)
_CLOSING = {
    "<!--": re.compile("-->"),
    **{
        "<" + element: re.compile(f"</{element}[^>]{{0,50}}>", re.IGNORECASE)
        for element in ("script", "style", "pre", "svg", "iframe", "textarea")
    },
}
# Only these may begin a list right below a paragraph: a year at the start of a wrapped line is no list.
_INTERRUPTING = frozenset({"-", "*", "+", "1.", "1)"})
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]{0,40}(?:\s[^<>]{0,2000})?/?>")
_AUTOLINK = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9+.-]{1,30}:[^\s<>]{0,2000}|[^\s<>@]{1,100}@[^\s<>]{1,200})>")
# The label may hold brackets, one level deep, as around an image that is a link.
_LABEL = r"\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,500}\]){0,2000}+)\]"
_TARGET = r"(?:\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)|\[[^\[\]\n]{0,300}\])"
_IMAGE = re.compile(r"!" + _LABEL + _TARGET)
_LINK = re.compile(_LABEL + _TARGET)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,100}\]")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,1000})\1(?!`)")
_STRONG = re.compile(r"(\*{1,3}|~~)(?=[^\s*~])([^*~\n]{1,2000}?)(?<=[^\s*~])\1")
_UNDERSCORE = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^_\n]{1,2000}?)(?<=[^\s_])\1(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SPACES = re.compile(" {2,}")
_ESCAPED = {chr(c): chr(0xE000 + c) for c in range(0x21, 0x7F)}
_UNESCAPED = {0xE000 + c: chr(c) for c in range(0x21, 0x7F)}


def markdown_text(source: str) -> str:
    r"""The text a reader sees: one paragraph, heading, list item or table row a line, blank lines between blocks.

    Left out: front matter, code blocks, raw HTML, comments, images, link targets and reference definitions.

    Examples
    --------
    >>> markdown_text("# Talks *end*\n\nBoth sides [agreed](http://example.org/x)\nto meet again.")
    'Talks end\n\nBoth sides agreed to meet again.'
    """
    lines = _without_code(_without_front_matter(source).splitlines())
    prose = _without_html("\n".join(lines)).splitlines()
    return "\n\n".join(_inline(block) for block in _blocks(prose) if block.strip()).strip()


def _without_front_matter(source: str) -> str:
    for fence in ("---", "+++"):
        if source.startswith((fence + "\n", fence + "\r\n")):
            closing = re.compile(r"^(?:" + re.escape(fence) + r"|\.\.\.)[ \t]*\r?$", re.MULTILINE).search(source, 4)
            # A rule, not front matter, unless what follows looks like settings.
            if closing and re.match(r"\s*(?:#.*\n\s*)*[\w\"'-]+\s*[:=]", source[4 : closing.start()]):
                return source[closing.end() :]
    return source


def _without_html(source: str) -> str:
    """Drop comments and elements whose content is no prose."""
    parts: list[str] = []
    at = 0
    unclosed: set[str] = set()
    search_from = 0
    while opening := _DROPPED_ELEMENT.search(source, search_from):
        search_from = opening.end()
        element = opening.group().lower()
        if element in unclosed:
            continue
        closing = _CLOSING[element].search(source, search_from)
        if closing is None:
            unclosed.add(element)
            continue
        parts.append(source[at : opening.start()])
        at = search_from = closing.end()
    parts.append(source[at:])
    return "".join(parts)


def _without_code(lines: list[str]) -> Iterator[str]:
    """Drop fenced and indented code. Block quotes lose their marks."""
    fence = ""
    in_list = False
    after_blank = True
    for raw in lines:
        line = _QUOTE.sub("", raw, count=1)
        fenced = _FENCE.match(line)
        if fence:
            if fenced and fenced[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif fenced:
            fence = fenced[1]
            yield ""
        elif after_blank and not in_list and _INDENTED.match(line) and line.strip():
            continue
        else:
            yield line
            if _BULLET.match(line):
                in_list = True
            elif after_blank and line[:1].strip():
                in_list = False
        after_blank = not line.strip()


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs and the like, each as one string; a line break inside is one the writer asked for."""
    paragraph: list[str] = []
    in_list = False
    for line in lines:
        bullet = _BULLET.match(line)
        if _ends_block(line, after_text=bool(paragraph)):
            yield _joined(paragraph)
            paragraph = []
            in_list = in_list and not line[:1].strip()
        elif heading := _HEADING.match(line):
            yield _joined(paragraph)
            paragraph = []
            yield _HEADING_END.sub("", line[heading.end() :])
        elif bullet and (in_list or not paragraph or bullet.group().strip() in _INTERRUPTING):
            yield _joined(paragraph)
            paragraph = [line[bullet.end() :]]
            in_list = True
        elif line.lstrip().startswith("|"):
            yield _joined(paragraph)
            paragraph = []
            yield "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))
        else:
            footnote = _FOOTNOTE.match(line)
            paragraph.append(line[footnote.end() :] if footnote else line)
    yield _joined(paragraph)


def _ends_block(line: str, *, after_text: bool) -> bool:
    """Whether a line shows nothing itself: blank, a rule, an underline, a definition, the rule of a table."""
    bare = line.strip()
    return (
        not bare
        or bool(_RULE.match(line) or _DEFINITION.match(line))
        or (after_text and bool(_UNDERLINE.match(line)))
        or ("|" in bare and bool(_TABLE_RULE.match(bare)))
    )


def _joined(paragraph: list[str]) -> str:
    parts: list[str] = []
    for line in paragraph:
        stripped = line.strip()
        hard = line.endswith("  ") or (stripped.endswith("\\") and not stripped.endswith("\\\\"))
        parts.append(stripped.removesuffix("\\") + "\n" if hard else stripped + " ")
    return "".join(parts).strip()


def _inline(text: str) -> str:
    """Take away the marks within a block. Escaped marks hide in the private use area meanwhile."""
    text = _CODE.sub(lambda m: "".join(_ESCAPED.get(c, c) for c in m[2]), text)
    text = _ESCAPE.sub(lambda m: _ESCAPED[m[1]], text)
    text = _AUTOLINK.sub("", text)
    text = _IMAGE.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _FOOTNOTE_MARK.sub("", text)
    text = _TAG.sub("", text)
    for _ in range(2):
        text = _STRONG.sub(r"\2", text)
        text = _UNDERSCORE.sub(r"\2", text)
    return _SPACES.sub(" ", unescape(text)).translate(_UNESCAPED).strip()
