"""A page as a browser would take it."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Reads a page or a piece of one.

    Parameters
    ----------
    page : str

    Attributes
    ----------
    elements : list of (str, dict)
        Every element with its attributes, in order.
    open : list of str
        Elements that are never closed.
    crossed : list of str
        Elements whose end closes something else.
    text : str
        What stands between tags, styles and titles included.
    """

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note an end that closes something else."""
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        """Gather what is read."""
        self.text += data
