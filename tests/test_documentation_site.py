"""The documentation is built into a site without the network, and no link of it leads nowhere."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

DOCS = Path(__file__).resolve().parent.parent / "docs"
# Where a page names something that the browser gets by itself.
FETCHED = ".//script[@src] | .//img[@src] | .//iframe[@src] | .//link[@rel='stylesheet' or @rel='icon'][@href]"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the site that .ci/run has just built, or build one. Warnings are errors.

    A link to a page or heading that is not there is a warning, and so is a page in no menu.
    """
    if os.environ.get("UNSPIN_DOCS") == "built":
        return DOCS.parent / "site"
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", folder / "cache", DOCS, folder / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, html.HtmlElement]:
    """Read every page of the site. A file that is offered for download is not one of them."""
    found = (page for page in site.rglob("*.html") if "_downloads" not in page.parts)
    return {page: html.parse(page).getroot() for page in found}


def test_every_page_of_the_documentation_is_in_the_site(site: Path) -> None:
    """Each Markdown file has its page."""
    missing = [page.name for page in DOCS.glob("*.md") if not (site / f"{page.stem}.html").is_file()]
    assert missing == []


def test_no_link_leads_nowhere(site: Path, pages: dict[Path, html.HtmlElement]) -> None:
    """Every relative link, those made from docstrings too, leads to a file of the site and to a place in it."""
    anchors = {page: {*root.xpath("//@id"), *root.xpath("//a/@name"), ""} for page, root in pages.items()}
    broken = []
    for page, root in pages.items():
        for link in root.xpath("//a/@href | //img/@src"):
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            if not target.is_file() or unquote(address.fragment) not in anchors.get(target, {address.fragment}):
                broken.append(f"{page.relative_to(site)}: {link}")
    assert len(anchors) > 10
    assert broken == []


def test_a_reader_needs_no_network(site: Path, pages: dict[Path, html.HtmlElement]) -> None:
    """No script, style, font or picture comes from elsewhere: the site can be read from the disk."""
    foreign = {
        f"{page.relative_to(site)}: {address}"
        for page, root in pages.items()
        for element in root.xpath(FETCHED)
        if urlsplit(address := element.get("src") or element.get("href")).netloc
    }
    styles = "".join(style.read_text(encoding="utf-8") for style in site.rglob("*.css"))
    assert foreign == set()
    assert "url(http" not in styles
    assert "@import" not in styles


def test_the_reference_tells_what_docstrings_tell(site: Path) -> None:
    """Every public name of the package has its entry, made from its docstring."""
    import detector

    text = (site / "reference.html").read_text(encoding="utf-8")
    entries = html.fromstring(text).xpath("//dt/@id")
    known = {entry.rsplit(".", 1)[-1] for entry in entries}
    assert set(detector.__all__) - known == set()
