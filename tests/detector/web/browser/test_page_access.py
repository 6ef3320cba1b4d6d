"""WCAG 2.2 AA, as far as axe-core can tell, in every view, light and dark, wide and narrow; and the page's weight."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from detector.web import extension_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PANEL = Path(extension_file.__file__).parent / "extension" / "panel.js"
MOST_BYTES = 100_000


@pytest.fixture
def complaints(page: "Page", complaints_of: Callable[["Page"], list[str]]) -> Callable[[], list[str]]:
    """Ask axe what is wrong with the page as it stands."""
    return lambda: complaints_of(page)


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


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_what_is_exported(
    page: "Page",
    context: "BrowserContext",
    check: Callable[[str], None],
    complaints_of: Callable[["Page"], list[str]],
    tmp_path: Path,
    spun: str,
    human: str,
    colours: str,
) -> None:
    """Nor have the report and the two texts side by side, which people pass on as files."""
    check(spun)
    page.click("#tab-compare")
    page.fill("#second", human)
    page.click("#panel-compare [type=submit]")
    page.wait_for_selector(".pairs")
    for button in ("html", "beside"):
        with page.expect_download() as download:
            page.click("#export summary")
            page.click(f"#export-{button}")
        download.value.save_as(tmp_path / "file.html")
        opened = context.new_page()
        opened.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        opened.goto((tmp_path / "file.html").as_uri())
        assert complaints_of(opened) == []
        opened.close()


def test_tools(page: "Page", address: str, complaints: Callable[[], list[str]]) -> None:
    """Nor has the page with the bookmarklet."""
    page.goto(f"{address}/page/tools.html")
    assert complaints() == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_panel(browser: "Browser", complaints_of: Callable[["Page"], list[str]], colours: str) -> None:
    """Nor has the extension's panel over another site's page. Here its shadow root is open, for axe to look into it."""
    page = browser.new_page(color_scheme=colours)  # type: ignore[arg-type]
    page.set_content("<!doctype html><html lang=en><title>Story</title><main><h1>Story</h1><p>Talks ended.</p></main>")
    page.evaluate(
        """() => {
          const attach = Element.prototype.attachShadow;
          Element.prototype.attachShadow = function () { return attach.call(this, { mode: "open" }); };
        }"""
    )
    page.add_script_tag(path=PANEL)
    mark = {"text": "stated", "expected": ["said"], "message": "odd", "weight": 1}
    marks = [{**mark, "text": f"word {number}"} for number in range(50)]
    for told in (
        {"headline": "Spun", "summary": "1 in 200.", "note": "Short.", "evidence": marks, "text": "Talks ended."},
        {"problem": "Set the server's token."},
    ):
        page.evaluate("told => unspin.show(told)", told)
        assert page.locator("unspin-panel section").is_visible()
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
