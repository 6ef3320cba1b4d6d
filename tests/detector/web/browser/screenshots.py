"""Takes the pictures of docs/page.md anew. A script, no test: ``python tests/detector/web/browser/screenshots.py``."""

import io
import shutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[4]
TEXTS = ROOT / "seeds" / "texts"
DOCS = ROOT / "docs"
COLOURS = 224


def save(page: "Page", name: str) -> None:
    """Save what is seen, with few colours: a picture in a repository is fetched by everybody."""
    from PIL import Image

    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = DOCS / f"page-{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def take(page: "Page", address: str) -> None:
    """Go through the page once."""
    spun = (TEXTS / "river-board-talks.spun-dictionary.txt").read_text(encoding="utf-8")
    human = (TEXTS / "river-board-talks.txt").read_text(encoding="utf-8")
    page.goto(address)
    page.fill("#text", spun)
    page.click("#check")
    page.wait_for_selector("#verdict")
    page.mouse.move(5, 500)
    save(page, "verdict")
    page.locator("#article .m", has_text="overseas").first.click()
    page.keyboard.press("1")
    page.evaluate("scrollTo(0, 420)")
    page.locator("#article .m", has_text="stated").first.click()
    save(page, "mark")
    page.keyboard.press("Escape")
    page.click("#tab-why")
    page.evaluate("scrollTo(0, 330)")
    save(page, "why")
    page.click("#tab-compare")
    page.fill("#second", human)
    page.click("#panel-compare [type=submit]")
    page.wait_for_selector(".pairs")
    page.locator(".d").nth(4).hover()
    page.evaluate("scrollTo(0, 330)")
    save(page, "compare")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 780})
    page.click("#tab-article")
    page.locator("#article .m", has_text="officers").first.scroll_into_view_if_needed()
    page.locator("#article .m", has_text="inside").first.click()
    save(page, "phone")


def main() -> None:
    """Start a server and a browser, and take all pictures."""
    from playwright.sync_api import sync_playwright

    # It lies beside this script and in no package.
    shared = import_module("conftest")

    path = next(filter(None, map(shutil.which, shared.CHROMIUM)))
    with shared.serving("--grammar", "harper", "--reader", "always") as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=list(shared.ARGUMENTS))
        take(browser.new_page(viewport={"width": 1200, "height": 760}), address)
        browser.close()


if __name__ == "__main__":
    main()
