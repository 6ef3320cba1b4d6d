"""The byline of an article, as its source states it."""

import json
import re
from collections.abc import Iterable
from html import unescape
from itertools import islice
from typing import Any

from detector.audit.sources.markup import TAG
from detector.audit.sources.naming import one_line

_MOST_NAMES = 8
_LONGEST = 500
# `jane@example.org (Jane Doe)` in RSS, `Jane Doe <jane@example.org>` in mails.
_ADDRESS_FIRST = re.compile(r"\S{1,200}@\S{1,200}\s{0,5}\(([^()]+)\)")
_ADDRESS = re.compile(r"\S{1,200}@\S{1,200}")
_BY = re.compile(r"^by[\s:]+", re.IGNORECASE)

_SCRIPT = re.compile(r"<script\b[^<>]{0,500}\bapplication/ld\+json\b[^<>]{0,500}>", re.IGNORECASE)
_END = re.compile("</script", re.IGNORECASE)
_MOST_SCRIPTS = 20
_STORIES = re.compile(r"article|posting|report|review", re.IGNORECASE)


def byline(value: object, outlet: str | None = None) -> str | None:
    """The names in a value: a text, a record with a name, or a list of them; None if it names nobody.

    An address is no name, and neither is the name of the outlet. Several authors are one byline: what they wrote together
    says nothing about one of them.

    Examples
    --------
    >>> byline("By Jane Doe"), byline("jane@example.org (Jane Doe)"), byline("https://example.org/jane")
    ('Jane Doe', 'Jane Doe', None)
    >>> byline([{"@type": "Person", "name": "Jane Doe"}, "John Roe"]), byline("The Mill", "The Mill")
    ('Jane Doe; John Roe', None)
    """
    names: dict[str, None] = {}
    for each in value[:_MOST_NAMES] if isinstance(value, list | tuple) else (value,):
        said = each.get("name") if isinstance(each, dict) else each
        if not isinstance(said, str):
            continue
        said = _ADDRESS.sub(" ", _ADDRESS_FIRST.sub(r"\1", TAG.sub(" ", unescape(said[:_LONGEST]))))
        name = _BY.sub("", one_line(said) or "", count=1)
        other = "://" not in name and any(map(str.isalpha, name))
        if other and name.casefold() != (outlet or "").strip().casefold():
            names[name] = None
    return "; ".join(names) or None


def schema_author(page: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The author that a page states as JSON in the terms of schema.org, for :func:`byline`; None if it states none.

    Only an article's author counts: comments and reviews of products have authors too.
    """
    for script in islice(_SCRIPT.finditer(page), _MOST_SCRIPTS):
        end = _END.search(page, script.end())
        try:
            found = json.loads(page[script.end() : end.start() if end else None])
        except (ValueError, RecursionError):
            continue
        for node in _nodes(found):
            if node.get("author") and _is_story(node.get("@type")):
                return node["author"]
    return None


def _nodes(found: object) -> Iterable[dict[str, Any]]:
    """The records at the top of a document, and those of its graph."""
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (node for node in (graph if isinstance(graph, list) else ()) if isinstance(node, dict))


def _is_story(kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(each, str) and _STORIES.search(each) for each in kinds)
