"""WCAG 2.2 AA, as far as axe-core can tell, in every view, light and dark, wide and narrow; and the page's weight."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MOST_BYTES = 100_000


@pytest.fixture
def complaints(page: "Page", complaints_of: Callable[["Page"], list[str]]) -> Callable[[], list[str]]:
    """Ask axe what is wrong with the page as it stands."""
    return lambda: complaints_of(page)


@pytest.fixture
def complaints_of() -> Callable[["Page"], list[str]]:
    """Ask axe what is wrong with any page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing").Axe()

    def ask(page: "Page") -> list[str]:
        # The page's policy lets no other script in; the browser's own protocol does.
        context = page.context.new_cdp_session(page)
        context.send("Runtime.evaluate", {"expression": axe.axe_script})
        found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
        assert len(found["passes"]) > 10
        return [
            f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return ask


@pytest.mark.parametrize(("colours", "width"), [("light", 390), ("dark", 1280)])
def test_every_view(
    page: "Page",
    check: Callable[[str], None],
    complaints: Callable[[], list[str]],
    spun: str,
    human: str,
    colours: str,
    width: int,
) -> None:
    """No view has a fault that axe can find."""
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    assert complaints() == []
    check(spun)
    page.click(".rates summary")
    page.locator("#article .m").nth(1).click()
    page.keyboard.press("1")
    page.locator("#article .m").nth(4).click()
    assert complaints() == []
    page.keyboard.press("Escape")
    page.click("#export summary")
    page.click("#tab-sentences")
    assert complaints() == []
    page.click("#tab-why")
    assert complaints() == []
    page.click("#tab-compare")
    assert complaints() == []
    page.fill("#second", human)
    page.click("#panel-compare [type=submit]")
    page.wait_for_selector(".pairs")
    assert complaints() == []
    page.click("nav >> text=History")
    page.wait_for_selector(".history li")
    assert complaints() == []


def test_feed(page: "Page", complaints: Callable[[], list[str]]) -> None:
    """The views over a store have none either."""
    page.click("nav >> text=Feed")
    page.wait_for_selector(".outlets")
    assert complaints() == []
    page.click(".outlets >> text=Harbour Gazette")
    page.wait_for_selector(".history li")
    assert complaints() == []
    page.locator(".history a").first.click()
    page.wait_for_selector(".plain.marks")
    assert complaints() == []


@pytest.mark.parametrize(("colours", "width"), [("dark", 390), ("light", 1280)])
def test_several_and_kept(
    browser: "Browser",
    server: Callable[..., Any],
    complaints_of: Callable[["Page"], list[str]],
    tmp_path: Path,
    spun: str,
    colours: str,
    width: int,
) -> None:
    """Nor has the table of several articles, or a kept result with its notes."""
    with server("--keep", str(tmp_path / "results.sqlite")) as found:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)  # type: ignore[arg-type]
        page.goto(found)
        files = [
            {"name": name, "mimeType": "text/plain", "buffer": text}
            for name, text in (("a.txt", spun.encode()), ("b.txt", b""))
        ]
        page.set_input_files("#file", files)  # type: ignore[arg-type]
        page.wait_for_selector("#stop-several", state="detached")
        assert complaints_of(page) == []
        page.locator(".several button").first.click()
        page.wait_for_selector("#case:not([hidden])")
        page.click("#case summary")
        page.fill("#case-note", "Called.")
        page.click("#case [type=submit]")
        page.wait_for_selector("#case li")
        assert complaints_of(page) == []
        page.close()


def test_keys_dialog(page: "Page", complaints: Callable[[], list[str]]) -> None:
    """The dialog of keys has none, and Escape closes it."""
    page.click("#keys-open")
    assert page.locator("#keys").is_visible()
    assert complaints() == []
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()


def test_answers_are_announced(page: "Page", check: Callable[[str], None], spun: str) -> None:
    """Who listens to the page hears the verdict."""
    check(spun)
    page.wait_for_selector("#status >> text=/^Spun/", state="attached")
    assert page.evaluate("document.activeElement.textContent") == "Spun"


def test_weight(context: "BrowserContext", address: str) -> None:
    """All that the first paint needs, headers included, is under 100 KB."""
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    received: list[float] = []
    protocol.send("Network.enable")
    protocol.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    assert len(received) > 10
    assert sum(received) < MOST_BYTES
