"""Read lists of addresses and sitemaps: each address is an article to fetch."""

from collections.abc import Iterator
from typing import Any

from detector.audit.sources.dates import iso_date
from detector.audit.sources.naming import printable
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.prolog import root_of
from detector.audit.sources.raw import RawItem
from detector.audit.sources.streams import Opened, as_utf8_stream, lines
from detector.audit.sources.wanted import Wanted
from detector.fetch import is_address

_LONGEST_LINE = 10_000


def addresses(source: Opened) -> Iterator[RawItem | Wanted]:
    """Each address of a list. Skips blank lines, comments (``#``) and repeated addresses."""
    source = as_utf8_stream(source)
    seen: set[str] = set()
    for number, line in enumerate(lines(source, _LONGEST_LINE), 1):
        address = (line or b"").decode("utf-8", "replace").strip()
        if line is not None and (not address or address.startswith("#") or address in seen):
            continue
        seen.add(address)
        if is_address(address):
            yield Wanted(address, RawItem(printable(address), url=printable(address)))
        else:
            place = f"{source.place}:{number}"
            yield RawItem(
                place, error=f"{place} is no web address: this line was left out.", error_kind=Problem.MALFORMED
            )


class Sitemap:
    """A sitemap or an index of sitemaps (sitemaps.org, with Google's news elements), read as a stream.

    Parameters
    ----------
    source : Opened
        The XML.
    options : SourceOptions
        The limits.
    """

    def __init__(self, source: Opened, options: SourceOptions) -> None:
        self._source = source
        self._options = options

    def pages(self) -> Iterator[Wanted]:
        """The pages of a sitemap, each once."""
        seen: set[str] = set()
        for element in self._elements("url"):
            said = _said(element)
            address = said.get("loc", "")
            if is_address(address) and address not in seen:
                seen.add(address)
                facts = RawItem(
                    printable(address),
                    url=printable(address),
                    outlet=said.get("name"),
                    date=iso_date(said.get("publication_date")),
                    title=said.get("title"),
                )
                yield Wanted(address, facts)

    def parts(self) -> Iterator[str]:
        """The addresses of the sitemaps in an index, each once."""
        seen: set[str] = set()
        for element in self._elements("sitemap"):
            address = _said(element).get("loc", "")
            if is_address(address) and address not in seen:
                seen.add(address)
                yield address

    def is_index(self) -> bool:
        """Whether it lists sitemaps and not pages."""
        return root_of(self._source.head, place=self._source.place) == "sitemapindex"

    def _elements(self, name: str) -> Iterator[Any]:
        from lxml import etree

        found = etree.iterparse(
            self._source.stream,
            events=("end",),
            tag=(f"{{*}}{name}", name),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            for _, element in found:
                yield element
                element.clear()
                # Remove elements that were read, to keep memory constant.
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise SourceError(
                f"{self._source.place} is damaged XML at line {error.lineno or 0:,}: what stands before that was read.",
                Problem.DAMAGED,
            ) from None


def _said(element: Any) -> dict[str, str]:  # noqa: ANN401 - lxml ships no types
    said: dict[str, str] = {}
    for each in element.iter():
        if isinstance(each.tag, str) and each.text and each.text.strip():
            text = "".join(c if c.isprintable() else " " for c in each.text[:4000]).strip()
            said.setdefault(each.tag.rpartition("}")[2].lower(), text)
    return said
