"""How long an editor waits: from the click on Check to the painted verdict, in a real browser. A script, no test.

``python tests/detector/web/browser/measure.py`` starts ``unspin serve``, checks an article of 850 words many times and
prints the median and the 95th percentile in milliseconds, and what the first paint transfers. Run it on an idle machine.
"""

import argparse
import shutil
import sys
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXTS = Path(__file__).resolve().parents[4] / "seeds" / "texts"
WORDS = 850
# The verdict is on the screen when the frame after the one that shows it begins.
CLICK = """text => new Promise(done => {
  document.getElementById("text").value = text;
  const result = document.getElementById("result");
  const watch = new MutationObserver(() => {
    if (result.hidden) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
  });
  watch.observe(result, { attributes: true });
  const begin = performance.now();
  document.getElementById("check").click();
})"""


def articles() -> list[str]:
    """Articles of 850 words, spun and human, none twice: nothing along the way can have kept an answer."""
    texts = [path.read_text(encoding="utf-8").split(" ") for path in sorted(TEXTS.glob("*.txt"))]
    words = [word for text in texts for word in text]
    return [" ".join(words[start : start + WORDS]) for start in range(0, len(words) - WORDS, 97)]


def waits(page: "Page", times: int) -> list[float]:
    """Milliseconds for each check."""
    found = []
    given = articles()
    for number in range(times):
        found.append(float(page.evaluate(CLICK, given[number % len(given)])))
        page.click("#another")
    return found


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    # It lies beside this script and in no package.
    shared = import_module("conftest")

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--grammar", default="harper")
    arguments = parser.parse_args()
    path = next(filter(None, map(shutil.which, shared.CHROMIUM)))
    with shared.serving("--grammar", arguments.grammar) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=list(shared.ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        protocol = page.context.new_cdp_session(page)
        received: list[float] = []
        protocol.send("Network.enable")
        protocol.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        page.goto(address, wait_until="networkidle")
        first = f"first paint: {sum(received) / 1000:.0f} KB in {len(received)} requests"
        waits(page, 5)
        found = waits(page, arguments.times)
        browser.close()
    cuts = quantiles(found, n=20, method="inclusive")
    sys.stdout.write(
        f"{first}\nclick to verdict, {WORDS} words, {len(found)} checks: median {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms, "
        f"longest {max(found):.0f} ms\n"
    )


if __name__ == "__main__":
    main()
