"""Read the formats of wire agencies: NewsML-G2, NewsML 1 and NITF.

Elements are found by their local names, because agencies use several versions and namespaces of each format. One news
item is in memory at a time.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from detector.audit.sources.bylines import byline
from detector.audit.sources.dates import iso_date
from detector.audit.sources.markup import printed
from detector.audit.sources.naming import one_line
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.raw import RawItem
from detector.audit.sources.streams import Opened

# Elements that hold an article. A news item may contain an NITF document.
_ITEMS = ("newsItem", "NewsItem", "nitf")
_BLOCKS = frozenset("p block hl2 h1 h2 h3 h4 h5 h6 li blockquote pre bq dt dd td tr div br paragraph".split())
_UNSEEN = frozenset("script style media object note table media-caption figcaption".split())


def wire(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """Each news item of the document as an article or an error.

    Raises SourceError if the XML is damaged (after the items before the damage) or holds no news item.
    """
    from lxml import etree

    found = etree.iterparse(
        source.stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding=_encoding(source.head),
    )
    number = 0
    inside: list[Any] = []
    try:
        for event, element in found:
            if _local(element) not in _ITEMS:
                continue
            if event == "start":
                inside.append(element)
                continue
            inside.pop()
            if inside:
                continue  # an NITF document inside a news item
            number += 1
            yield from _articles(element, f"{source.place}:{number}", options)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"{source.place} is damaged XML at line {error.lineno or 0:,}: the {number:,} news items before that were "
            "read.",
            Problem.DAMAGED,
        ) from None
    if not number:
        raise SourceError(f"{source.place} is NewsML or NITF without a news item in it.", Problem.NO_TEXT)


def _encoding(head: bytes) -> str | None:
    """Windows-1252 if the document declares latin-1, as browsers do; None to keep the declared encoding."""
    declared = _LATIN_1.match(head)
    return "windows-1252" if declared else None


def _articles(item: Any, place: str, options: SourceOptions) -> Iterator[RawItem]:  # noqa: ANN401 - lxml ships no types
    """The articles of a news item: one, or one for each part with a separate story."""
    bodies = _bodies(item)
    if len(bodies) < 2:
        found = _article(item, bodies[0] if bodies else None, place, options)
        if found is not None:
            yield found
        return
    for number, body in enumerate(bodies, 1):
        found = _article(item, body, place if number == 1 else f"{place}!{number}", options)
        if found is not None:
            component = _component(body)
            title = _text_of(component, _HEADLINES) if component is not None else None
            # The item's byline may be that of another of its stories.
            author = _author(component) if component is not None else None
            yield replace(found, title=title or found.title, author=author)


def _bodies(item: Any) -> list[Any]:  # noqa: ANN401 - lxml ships no types
    """The elements with the text of an item: the best one, or all that hold different stories."""
    for name in _BODIES:
        # Keep only the outermost elements, because they may be nested.
        found = [each for each in item.iter(f"{{*}}{name}", name) if name not in map(_local, each.iterancestors())]
        if found:
            break
    else:
        return []
    stories: list[tuple[Any, set[str]]] = []
    for body in found:
        words = _prose(body).split()
        kinds = set(words)
        # Skip other forms of the same story, such as one with markup.
        if len(words) >= _STORY_WORDS and all(len(kinds & other) < _ALIKE * len(kinds) for _, other in stories):
            stories.append((body, kinds))
    return [body for body, _ in stories] if stories else [max(found, key=lambda body: len(_prose(body)))]


def _component(body: Any) -> Any:  # noqa: ANN401 - lxml ships no types
    """The component of a news item around a body, if it has a headline; else None."""
    for above in body.iterancestors():
        if _local(above) == "NewsComponent" and _text_of(above, _HEADLINES):
            return above
    return None


def _article(item: Any, body: Any, place: str, options: SourceOptions) -> RawItem | None:  # noqa: ANN401 - lxml ships no types
    facts = {
        "url": _first(item, ("link", "remoteContent"), "href"),
        "outlet": _outlet(item),
        "date": _date(item),
        "title": _text_of(item, _HEADLINES),
        "author": _author(item),
        "id": one_line(item.get("guid"))
        or _text_of(item, ("PublicIdentifier",))
        or _first(item, ("doc-id",), "id-string"),
    }
    if facts["url"] and not str(facts["url"]).startswith(("http://", "https://")):
        facts["url"] = None
    if body is None:
        # Pictures, videos and packages are news items too.
        if _says_text(item):
            return RawItem(
                place, error=f"{place} is a news item without text in it.", error_kind=Problem.NO_TEXT, **facts
            )
        return None
    text = printed(_prose(body))
    if len(text) > options.limits.max_characters:
        return RawItem(
            place,
            error=f"{place} has more than {options.limits.max_characters:,} characters.",
            error_kind=Problem.TOO_LARGE,
            **facts,
        )
    if not text.strip():
        return RawItem(place, error=f"{place} is a news item without text in it.", error_kind=Problem.NO_TEXT, **facts)
    return RawItem(place, text, **facts)


# Elements that may hold the text, best first.
_BODIES = ("body.content", "body", "inlineXML", "inlineData", "DataContent")
_HEADLINES = ("headline", "HeadLine", "hl1", "title")
# Fewer words are probably a summary, a caption or a note to editors.
_STORY_WORDS = 60
_ALIKE = 0.7
_LATIN_1 = re.compile(
    rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"'](?:iso-?8859-1|latin-?1|us-ascii|windows-1252)[\"']", re.IGNORECASE
)


def _says_text(item: Any) -> bool:  # noqa: ANN401 - lxml ships no types
    stated = _first(item, ("itemClass",), "qcode") or _first(item, ("NewsItemType",), "FormalName") or "text"
    return stated.lower().endswith(("text", "news"))


def _outlet(item: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    for name in ("provider", "infoSource", "creditline", "distributor", "ProviderId", "pubdata", "CreditLine"):
        element = _found(item, name)
        if element is not None:
            inner = _found(element, "name")
            found = (
                (one_line("".join(inner.itertext())) if inner is not None else None)
                or one_line("".join(element.itertext()))
                or one_line(element.get("literal"))
                or one_line((element.get("qcode") or "").rpartition(":")[2])
                or one_line(element.get("name"))
            )
            if found:
                return found
    return None


def _author(item: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    for name in ("by", "byline", "ByLine", "creator"):
        for element in item.iter(f"{{*}}{name}", name):
            named = [each for inner in ("person", "name") for each in element.iter(f"{{*}}{inner}", inner)]
            if name == "creator" and not named:
                continue  # a code
            # An NITF byline may also hold the author's position (`byttl`).
            texts = ["".join(each.itertext()) for each in named] or [element.text or ""]
            if found := byline(texts, _outlet(item)):
                return found
    return None


def _date(item: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    for name in ("contentCreated", "firstCreated", "versionCreated", "FirstCreated", "ThisRevisionCreated", "DateLine"):
        if found := iso_date(_text_of(item, (name,))):
            return found
    for name in ("date.issue", "date.release", "story.date"):
        if found := iso_date(_first(item, (name,), "norm")):
            return found
    return iso_date(_first(item, ("pubdata",), "date.publication"))


def _prose(body: Any) -> str:  # noqa: ANN401 - lxml ships no types
    """The text with one line for each paragraph, without tables, captions and scripts."""
    parts: list[str] = []
    walk = [(body, False)]
    while walk:
        element, after = walk.pop()
        if after:
            if _local(element) in _BLOCKS:
                parts.append("\n")
            if element is not body:
                parts.append(element.tail or "")
            continue
        if not isinstance(element.tag, str) or _local(element) in _UNSEEN:
            parts.append(element.tail or "")
            continue
        if _local(element) in _BLOCKS:
            parts.append("\n")
        parts.append(element.text or "")
        walk.append((element, True))
        walk.extend((child, False) for child in reversed(element))
    text = "".join(parts)
    if _local(body) == "inlineData" or not any(_local(each) in _BLOCKS for each in body.iter()):
        return text.strip()
    return "\n".join(line for raw in _joined(parts) if (line := " ".join(raw.split())))


def _joined(parts: list[str]) -> Iterator[str]:
    """The paragraphs. Only a part that is a single line feed ends one; line feeds in other parts are layout."""
    paragraph: list[str] = []
    for part in parts:
        if part == "\n":
            yield "".join(paragraph)
            paragraph = []
        else:
            paragraph.append(part)
    yield "".join(paragraph)


def _local(element: Any) -> str:  # noqa: ANN401 - lxml ships no types
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _found(item: Any, name: str) -> Any:  # noqa: ANN401 - lxml ships no types
    return next(item.iter(f"{{*}}{name}", name), None)


def _text_of(item: Any, names: tuple[str, ...]) -> str | None:  # noqa: ANN401 - lxml ships no types
    for name in names:
        element = _found(item, name)
        if element is not None and (text := one_line("".join(element.itertext()))):
            return text
    return None


def _first(item: Any, names: tuple[str, ...], attribute: str) -> str | None:  # noqa: ANN401 - lxml ships no types
    for name in names:
        for element in item.iter(f"{{*}}{name}", name):
            if found := one_line(element.get(attribute)):
                return found
    return None
