"""The recipes for Google Docs and Word run in a real browser against a real server; the host's objects are stubs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
EVIL = "<img src=x onerror=window.pwned=1>"

GOOGLE = """
const element = { editAsText: () => ({ getText: () => DOCUMENT }) };
const part = (start, end) => ({
  getElement: () => element, isPartial: () => end > 0, getStartOffset: () => start, getEndOffsetInclusive: () => end,
});
const shown = {};
const ui = {
  createMenu: () => ui, addItem: (_, name) => { shown.menu = name; return ui; }, addToUi: () => ui,
  showSidebar: (page) => { shown.page = page; },
};
const DocumentApp = {
  getUi: () => ui,
  getActiveDocument: () => ({
    getBody: () => ({ getText: () => DOCUMENT }),
    getSelection: () => SELECTED && { getRangeElements: () => [part(0, SELECTED), { ...part(0, 0), getElement: () => ({}) }] },
  }),
};
const HtmlService = { createHtmlOutput: (html) => ({ setTitle: () => html }) };
const PropertiesService = { getScriptProperties: () => ({ getProperties: () => ({ SERVER: location.origin + "/" }) }) };
const UrlFetchApp = {
  fetch: (address, { method, contentType, headers, payload }) => {
    const request = new XMLHttpRequest();
    request.open(method, address, false);
    request.setRequestHeader("Content-Type", contentType);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(payload);
    return { getResponseCode: () => request.status, getContentText: () => request.responseText };
  },
};
"""
WORD = """
window.Office = { onReady: (ready) => ready() };
window.found = [];
const texts = (text) => ({ text, load: () => {}, select: () => window.found.push(text) });
window.Word = {
  run: (work) => work({
    sync: async () => {},
    document: {
      getSelection: () => texts(window.selectedText ?? ""),
      body: { ...texts(window.documentText), search: (text) => ({ load: () => {}, items: [texts(text)] }) },
    },
  }),
};
"""


@pytest.mark.parametrize("selected", [0, 40])
def test_google_docs(page: "Page", spun: str, selected: int) -> None:
    """The menu checks the document or the selection and fills the sidebar."""
    stubs = f"const DOCUMENT = {json.dumps(spun)}; const SELECTED = {selected};{GOOGLE}"
    code = (EXAMPLES / "google-docs" / "Code.gs").read_text("utf-8")
    run = "onOpen(); ({ checkDocument })[shown.menu](); return shown.page;"
    shown = page.evaluate(f"(() => {{ {stubs} {code}; {run} }})()")
    assert ("<h2>Too short to judge</h2>" if selected else "<h2>Spun</h2>") in shown
    assert selected or "<mark>stated</mark> → said" in shown


def test_google_docs_escapes(page: "Page") -> None:
    """Markup in an answer is text."""
    mark = {"text": EVIL, "expected": [EVIL], "message": EVIL, "weight": 1}
    told = {
        "headline": EVIL,
        "summary": EVIL,
        "note": EVIL,
        "evidence": [mark, {**mark, "text": f"{EVIL} again", "expected": []}],
    }
    code = (EXAMPLES / "google-docs" / "Code.gs").read_text("utf-8")
    shown = page.evaluate(f"(() => {{ {code}; return panel({json.dumps(told)}); }})()")
    assert "<img" not in shown
    assert shown.count("&#60;img") == 7


def test_word(page: "Page", address: str, spun: str) -> None:
    """The pane checks the document, finds a mark in it, and checks a selection."""

    def serve(route: "Route") -> None:
        route.fulfill(path=EXAMPLES / "word" / route.request.url.rpartition("/")[2])

    page.route("**/word/*", serve)
    page.route(
        "https://appsforoffice.microsoft.com/**", lambda route: route.fulfill(body=WORD, content_type="text/javascript")
    )
    page.add_init_script(f"window.documentText = {json.dumps(spun.replace(chr(10), chr(13)))}")
    page.goto(f"{address}/word/taskpane.html")
    page.click("#check")
    page.locator("h2", has_text="Spun").wait_for()
    assert "human stories scores this high" in page.inner_text("#result")
    page.click("li button >> text=stated")
    assert page.evaluate("window.found") == ["stated"]
    page.evaluate("text => { window.selectedText = text; }", "A few words.")
    page.click("#check")
    page.locator("h2", has_text="Too short to judge").wait_for()


def test_the_manifest_of_word() -> None:
    """It is XML, and every file that it names is there."""
    manifest = ET.parse(EXAMPLES / "word" / "manifest.xml")  # noqa: S314 - our own file
    named = {
        node.get("DefaultValue", "").rpartition("/word/")[2]
        for node in manifest.iter()
        if "/word/" in node.get("DefaultValue", "")
    }
    assert named == {"icon.png", "taskpane.html"}
    assert all((EXAMPLES / "word" / name).is_file() for name in named)
