"""The sources of an article on the page: listed after a check, and shown side by side."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tracing" / "fakes"))

from memory_archive import FERRY, SPUN_TALKS, TALKS, stories

from detector.archive import ArchivedStory, open_archive

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIL = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with the small newsroom's stories, and a hostile one."""
    pytest.importorskip("tantivy", reason="the embedded archive needs tantivy")
    folder = tmp_path_factory.mktemp("archive") / "wire.archive"
    with closing(open_archive(folder, create=True)) as made:
        made.add([*stories(), ArchivedStory("evil", f"{EVIL} {FERRY}", EVIL, EVIL, "2026-05-01")])
    return folder


@pytest.fixture(scope="module")
def address(server: Callable[..., Any], place: Path) -> Iterator[str]:
    """Give the address of a server with this archive."""
    with server("--archive", str(place)) as found:
        yield found


def spin(text: str) -> str:
    """Other words for the same story."""
    swaps = {"carry": "transport", "summer": "season", "notice": "note", "leaves": "exits", "smaller": "tinier"}
    swaps |= {"vessel": "craft", "affected": "hit", "late": "tardy", "offered": "proposed", "cracks": "fissures"}
    swaps |= {"engines": "motors", "customers": "clients", "flowers": "blossoms", "cost": "require", "yard": "plant"}
    for old, new in swaps.items():
        text = text.replace(f" {old}", f" {new}")
    return text


def test_access(page: "Page", check: Callable[[str], None], complaints_of: Callable[["Page"], list[str]]) -> None:
    """The list of sources, and the sentences side by side, have no fault that axe can find."""
    check(SPUN_TALKS)
    assert page.locator("#sources").is_visible()
    assert complaints_of(page) == []
    page.locator("#sources").get_by_role("button", name="Side by side").first.click()
    page.wait_for_selector(".pairs")
    assert complaints_of(page) == []


def test_sources_are_listed_and_opened(page: "Page", check: Callable[[str], None]) -> None:
    """Title, outlet, date, relation in words, coverage; one click shows both texts."""
    check(SPUN_TALKS)
    panel = page.locator("#sources")
    said = panel.inner_text()
    for expected in ("Rewrite", "Port talks in Geneva", "Example Agency", "2026-11-20", "%", "in other words"):
        assert expected in said
    assert "does not know when and by whom" in said
    panel.get_by_role("button", name="Side by side").first.click()
    assert page.get_attribute("#tab-compare", "aria-selected") == "true"
    compared = page.locator("#panel-compare")
    assert "This is a rewrite of" in compared.locator(".lede").inner_text()
    assert compared.locator(".heads").inner_text().split("\n") == ["The article", "Port talks in Geneva"]
    both = compared.locator(".pair").nth(1)
    assert "accepted" in both.inner_text()
    assert "agreed" in both.inner_text()
    compared.locator("tbody button").first.click()
    assert compared.locator(".lit").count() == 2
    assert page.evaluate("document.activeElement.closest('#panel-compare') !== null")


def test_marks_name_the_true_original(page: "Page", check: Callable[[str], None]) -> None:
    """The first offer is what the source has."""
    check(SPUN_TALKS)
    offers = {
        entry.locator(".was").inner_text(): entry.locator(".to").inner_text() for entry in page.locator(".entry").all()
    }
    assert offers["stated"].startswith("said")


@pytest.mark.parametrize(("text", "said"), [(TALKS, "Copy"), ("A recipe for plum jam. " * 20, "no source was found")])
def test_nobody_is_accused(page: "Page", check: Callable[[str], None], text: str, said: str) -> None:
    """A copy is told neutrally, and nothing is said of what is not there."""
    check(text)
    panel = page.locator("#sources")
    assert said in panel.inner_text()
    assert panel.locator("[data-counts]").count() == 0
    assert "does not know" not in panel.inner_text()


def test_a_kept_check_has_its_sources(page: "Page", check: Callable[[str], None]) -> None:
    """Opened from the history; and the next article has its own."""
    check(SPUN_TALKS)
    page.click("[data-view=history]")
    page.locator("#view-history .open").first.click()
    page.locator("#sources").get_by_role("button", name="Side by side").first.click()
    assert page.locator("#panel-compare .pair").count() > 1
    page.click("#another")
    check("A recipe for plum jam. " * 20)
    assert page.locator("#sources table").count() == 0


@pytest.mark.parametrize("width", [360, 800])
def test_nothing_is_cut_off(page: "Page", check: Callable[[str], None], width: int) -> None:
    """On a phone the table scrolls, and the page does not."""
    page.set_viewport_size({"width": width, "height": 800})
    check(SPUN_TALKS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#sources").get_by_role("button", name="Side by side").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_stories(page: "Page", check: Callable[[str], None]) -> None:
    """What stands in an archive is text."""
    check(f"{EVIL} {spin(FERRY)}")
    assert EVIL[:20] in page.locator("#sources").inner_text()
    for button in page.locator("#sources").get_by_role("button").all():
        button.click()
        page.wait_for_timeout(50)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#result img, #result script").count() == 0


def test_an_archive_that_fails(page: "Page", check: Callable[[str], None]) -> None:
    """One sentence, and the verdict stays."""

    def broken(route: Any) -> None:  # noqa: ANN401 - playwright may be missing
        view = json.loads(route.fetch().body())
        view["sources"] = {"said": "The archive could not be searched: it is gone.", "caution": "", "found": []}
        route.fulfill(body=json.dumps(view), content_type="application/json")

    page.route("**/page/check", broken)
    check(SPUN_TALKS)
    assert "it is gone" in page.locator("#sources").inner_text()
    assert page.locator("#verdict").inner_text()


def test_without_an_archive_there_is_no_panel(browser: "Browser", server: Callable[..., Any]) -> None:
    """As before."""
    with server() as found:
        made = browser.new_page()
        made.goto(found)
        made.fill("#text", SPUN_TALKS)
        made.click("#check")
        made.wait_for_selector("#verdict")
        assert made.locator("#sources").is_hidden()
        made.close()
