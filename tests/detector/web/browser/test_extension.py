"""The browser extension and the bookmarklet, in a real Chromium, on pages of other sites, against a real server."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Worker

TOKEN = "a-token-that-nobody-guesses"  # noqa: S105 - opens a test server only
EVIL = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"


@pytest.fixture(scope="module")
def site(spun: str) -> Iterator[str]:
    """Another site, on another host name, with an article and a strict policy."""
    paragraphs = "".join(f"<p>{line}</p>" for line in spun.splitlines() if line)
    body = (
        f"<!doctype html><title>Story</title><nav>Menu</nav><article>{paragraphs}</article><textarea>A note</textarea>"
    )

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'none'; require-trusted-types-for 'script'")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # The extension may reach 127.0.0.1, where the server is. This name it may not reach unasked.
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


class Installed:
    """A browser with the extension."""

    def __init__(self, context: "BrowserContext", server: str) -> None:
        self.context = context
        self.server = server
        self.worker: Worker = (
            context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
        )
        assert context.browser is not None
        self._devtools = context.browser.new_browser_cdp_session()

    def press_button(self, page: "Page") -> None:
        """Press the extension's button in the toolbar, as a person does: this alone lets it into the page.

        A press is lost while the browser wakes the extension. Then it is pressed again.
        """
        page.bring_to_front()
        devtools = page.context.new_cdp_session(page)
        tabs = self._devtools.send("Target.getTargets", {"filter": [{"type": "tab"}]})["targetInfos"]
        (tab,) = (tab["targetId"] for tab in tabs if tab["embedderData"]["tabActive"])
        for _ in range(4):
            self._devtools.send("Extensions.triggerAction", {"id": self.worker.url.split("/")[2], "targetId": tab})
            for _ in range(40):
                if _root(devtools)["nodeName"]:
                    return
                page.wait_for_timeout(100)

    def panel(self, page: "Page") -> tuple[str, set[str]]:
        """Returns the text of the panel with the answer, and its elements. The page itself cannot see into it."""
        devtools = page.context.new_cdp_session(page)
        lines: list[str] = []
        for _ in range(200):
            page.wait_for_timeout(100)
            nodes = list(_nodes(_root(devtools)))
            lines = [node["nodeValue"] for node in nodes if node["nodeValue"]]
            if lines and "Checking …" not in lines:
                return "\n".join(lines), {node["nodeName"] for node in nodes}
        pytest.fail(f"the panel shows no answer: {lines}")

    def click_last_button(self, page: "Page") -> None:
        """Click the panel's last button, which opens the full result."""
        devtools = page.context.new_cdp_session(page)
        node = _root(devtools)["nodeId"]
        found = devtools.send("DOM.querySelectorAll", {"nodeId": node, "selector": "button"})["nodeIds"]
        devtools.send("DOM.scrollIntoViewIfNeeded", {"nodeId": found[-1]})
        x, y = devtools.send("DOM.getContentQuads", {"nodeId": found[-1]})["quads"][0][:2]
        page.mouse.click(x + 5, y + 5)


def _root(devtools: "CDPSession") -> dict[str, Any]:
    """Returns the panel's shadow root, or an empty node."""
    document = devtools.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    panels = (node for node in _nodes(document) if node["nodeName"] == "UNSPIN-PANEL")
    return next((panel["shadowRoots"][0] for panel in panels), {"nodeName": "", "nodeValue": ""})


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", []):
        yield from _nodes(child)


@pytest.fixture(scope="module")
def installed(
    browser: "Browser",
    chromium: str,
    server: Any,  # noqa: ANN401 - conftest's `serving`
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installed]:
    """The extension as the server packs it, with the token in its options."""
    folder = tmp_path_factory.mktemp("extension")
    with server(UNSPIN_TOKEN=TOKEN) as address:
        asked = Request(f"{address}/page/unspin-extension.zip", headers={"Authorization": f"Bearer {TOKEN}"})  # noqa: S310
        with urlopen(asked) as answer:  # noqa: S310 - a server of ours
            zipfile.ZipFile(io.BytesIO(answer.read())).extractall(folder)
        context = browser.browser_type.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                f"--load-extension={folder}",
                "--disable-features=DisableLoadExtensionCommandLineSwitch",
                "--enable-unsafe-extension-debugging",
            ],
            ignore_default_args=["--disable-extensions"],
        )
        found = Installed(context, address)
        yield found
        context.close()


def test_it_asks_for_the_token(installed: Installed, site: str, complaints_of: Callable[["Page"], list[str]]) -> None:
    """Without the token, the panel says what to do; the options keep and try it."""
    page = installed.context.new_page()
    page.goto(site)
    installed.press_button(page)
    assert "Set the server's token" in installed.panel(page)[0]
    page.goto(installed.worker.url.replace("background.js", "options.html"))
    assert page.inner_text("#server") == f"{installed.server}/"
    for token, told in (("wrong", "Authorization"), (TOKEN, "Saved. The server answers.")):
        page.fill("#token", token)
        page.click("button")
        page.locator("#said", has_text=told).wait_for()
    assert complaints_of(page) == []
    page.close()


def test_article(installed: Installed, site: str) -> None:
    """The panel shows the label, how often it is wrong, and the marks; its button opens the full result."""
    page = installed.context.new_page()
    page.goto(site)
    installed.press_button(page)
    text, _ = installed.panel(page)
    assert "\nSpun\n" in text
    assert "human stories scores this high." in text
    assert "stated\n → said" in text
    assert page.evaluate("document.querySelector('unspin-panel').shadowRoot") is None
    with installed.context.expect_page() as opened:
        installed.click_last_button(page)
    opened.value.wait_for_selector("#verdict")
    assert "anonymity" in opened.value.inner_text("#article")
    assert "anonymity" not in opened.value.url
    opened.value.close()
    page.close()


def test_selection(installed: Installed, site: str) -> None:
    """Only what is selected is checked, in the text or in a field."""
    page = installed.context.new_page()
    page.goto(site)
    for select in (
        "getSelection().selectAllChildren(document.querySelector('p'))",
        "document.querySelector('textarea').select()",
    ):
        page.evaluate(select)
        installed.press_button(page)
        assert "\nToo short to judge\n" in installed.panel(page)[0]
    page.close()


def test_hostile_answer(installed: Installed, site: str) -> None:
    """Markup in an answer is text."""
    page = installed.context.new_page()
    page.goto(site.replace("localhost", "127.0.0.1"))
    mark = {"text": EVIL, "expected": [EVIL], "message": EVIL, "weight": 1}
    told = {
        "headline": EVIL,
        "summary": EVIL,
        "note": EVIL,
        "evidence": [mark, {**mark, "text": f"{EVIL} again", "expected": []}],
        "text": EVIL,
    }
    installed.worker.evaluate(
        """async told => {
          const [tab] = await chrome.tabs.query({ active: true });
          const target = { tabId: tab.id };
          await chrome.scripting.executeScript({ target, files: ["panel.js"] });
          await chrome.scripting.executeScript({ target, func: (told) => unspin.show(told), args: [told] });
        }""",
        told,
    )
    text, elements = installed.panel(page)
    assert text.count(EVIL) == 7
    assert not elements & {"IMG", "SCRIPT"}
    assert page.evaluate("window.pwned") is None
    page.close()


def test_bookmarklet(page: "Page", address: str, site: str) -> None:
    """It opens the server's page with the article. Only a person starts the check."""
    page.goto(f"{address}/page/tools.html")
    href = page.locator("#bookmarklet").get_attribute("href") or ""
    page.goto(site)
    with page.context.expect_page() as opened:
        page.evaluate(unquote(href.removeprefix("javascript:")))
    result = opened.value
    result.wait_for_url(f"{address}/#check")
    assert "anonymity" in result.input_value("#text")
    assert "Menu" not in result.input_value("#text")
    assert result.locator("#verdict").count() == 0
    result.keyboard.press("Enter")
    result.wait_for_selector("#verdict")
