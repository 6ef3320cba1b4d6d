"""A real browser on a real server: what the tests of the page share."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from detector.verdict import Verdict
from detector.web.fragments import view_json

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
TEXTS = Path(__file__).resolve().parents[4] / "seeds" / "texts"
SPUN = "river-board-talks.spun-dictionary.txt"
HUMAN = "river-board-talks.txt"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
EVIL = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>\"'><svg onload=window.pwned=1>"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: while Playwright's driver runs, this thread has an event loop, and no test starts one."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the browser."""
    path = os.environ.get("UNSPIN_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no browser: none of chromium, chromium-browser, google-chrome is installed")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> "Iterator[Browser]":
    """One headless browser for all tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright, which drives the browser, is missing")
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=chromium, headless=True, args=list(ARGUMENTS))
        yield made
        made.close()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an audit store of six articles, one of which has a hostile name."""
    from detector.audit import audit

    folder = tmp_path_factory.mktemp("feed")
    rows: list[dict[str, str]] = [
        {"text": (TEXTS / name).read_text(encoding="utf-8"), "title": name, "outlet": outlet, "date": "2026-11-20"}
        for outlet, name in (
            ("Harbour Gazette", SPUN),
            ("Harbour Gazette", "harbour-strike.spun-dictionary.txt"),
            ("The Example", HUMAN),
            ("The Example", "river-flood.txt"),
            ("The Example", "cup-replay.txt"),
        )
    ]
    rows.append({"text": f"Too short {EVIL}", "title": EVIL, "outlet": EVIL, "url": "javascript:window.pwned=1"})
    lines = folder / "feed.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = folder / "audit.sqlite"
    assert len(list(audit([str(lines)], store=path, grammar="none", reader="never", keep_text=True, jobs=1))) == 6
    return path


@pytest.fixture(scope="session")
def address(browser: "Browser", store: Path) -> Iterator[str]:
    """Give the address of a running `unspin serve`."""
    pytest.importorskip("uvicorn", reason="the server's packages (extra serve) are missing")
    with serving("--store", str(store)) as found:
        yield found


class serving:  # noqa: N801 - reads as the phrase it is
    """A server as long as the block lasts."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._command = [sys.executable, "-m", "detector", "serve", "--port", "0", "--workers", "1", "--rate", "0"]
        self._command += ["--grammar", "none", "--reader", "never", "--quiet", *arguments]
        self._environment = {**os.environ, **environment}

    def __enter__(self) -> str:
        self._server = subprocess.Popen(
            self._command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=self._environment
        )
        assert self._server.stderr is not None
        told = []
        for line in self._server.stderr:
            told.append(line)
            if found := re.search(r"listening on (http://[^ ]+?)/? ", line):
                return found[1]
        pytest.fail(f"the server did not start: {''.join(told)}")

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.communicate(timeout=20)


@pytest.fixture(scope="session")
def server() -> type[serving]:
    """Give what starts further servers."""
    return serving


@pytest.fixture
def context(browser: "Browser", address: str) -> "Iterator[BrowserContext]":
    """Give a fresh profile, as wide as a laptop; whatever it logs as an error fails the test."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, locale="en-GB")
    made.set_default_timeout(60_000)
    complaints: list[str] = []
    made.on("weberror", lambda error: complaints.append(str(error.error)))
    made.on("console", lambda message: complaints.append(message.text) if _bad(message) else None)
    yield made
    made.close()
    assert complaints == []


def _bad(message: Any) -> bool:  # noqa: ANN401 - playwright may be missing
    # The browser reports every refused request; the page shows what it means.
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def page(context: "BrowserContext", address: str) -> "Page":
    """Give the page, opened."""
    made = context.new_page()
    made.goto(address)
    return made


@pytest.fixture
def check(page: "Page") -> Callable[[str], None]:
    """Paste an article and check it."""

    def paste_and_check(text: str) -> None:
        page.evaluate("text => { document.getElementById('text').value = text; }", text)
        page.click("#check")
        page.wait_for_selector("#verdict")

    return paste_and_check


@pytest.fixture
def show(page: "Page") -> Callable[[Verdict], None]:
    """Show a verdict made by hand, as if the server had found it."""

    def answer_and_check(verdict: Verdict) -> None:
        body = view_json(verdict)
        page.route("**/page/check", lambda route: route.fulfill(body=body, content_type="application/json"))
        page.evaluate("document.getElementById('text').value = 'anything'")
        page.click("#check")
        page.wait_for_selector("#verdict")

    return answer_and_check


@pytest.fixture(scope="session")
def spun() -> str:
    """Give an article that a program rewrote."""
    return (TEXTS / SPUN).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def human() -> str:
    """Give the article it was made from."""
    return (TEXTS / HUMAN).read_text(encoding="utf-8")


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
