"""A stranger's words are text on the page, wherever they come from and wherever they go."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packed_files import word_document

from detector.verdict import Contribution, Label, Quality, QualityPart, SentenceScore, Verdict
from features.document import Span
from features.feature import Evidence

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

EVIL = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>\"'><svg onload=window.pwned=1>"


@pytest.fixture(autouse=True)
def watched(context: "BrowserContext") -> None:
    """Have the browser tell of every blocked piece of script or style: even a harmless injection is one."""
    context.add_init_script(
        "addEventListener('securitypolicyviolation', e => { (window.violations ??= []).push(e.blockedURI || e.sample); })"
    )


def assert_inert(page: "Page") -> None:
    """No script of a stranger ran, none was even tried, and no element of a stranger stands on the page."""
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("window.violations ?? []") == []
    strange = ":is(img, iframe, object, embed, [onerror], [onload], [onclick], [style*=url], main script, a[href^=javascript])"
    assert page.locator(strange).count() == 0


def test_article(page: "Page", check: Callable[[str], None], spun: str) -> None:
    """Markup in an article is shown as it stands, in every view."""
    lines = spun.splitlines()
    text = "\n".join([EVIL, *(f"{line} {EVIL}" if line else "" for line in lines)])
    check(text)
    assert EVIL in page.locator("#article").inner_text()
    assert_inert(page)
    page.locator("#article .m").first.click()
    for tab in ("sentences", "why", "compare"):
        page.click(f"#tab-{tab}")
    assert_inert(page)
    page.click("nav >> text=History")
    page.wait_for_selector(".history li")
    assert "<img" in page.locator(".history b").inner_text()
    assert_inert(page)
    page.locator(".history .open").click()
    page.wait_for_selector("#verdict")
    assert_inert(page)


def test_evidence(page: "Page", show: Callable[[Verdict], None]) -> None:
    """Messages, likely originals, names of measures, notes and signatures are text as well."""
    text = f"Officials {EVIL} said so."
    span = Span(10, 10 + len(EVIL))
    verdict = Verdict(
        label=Label.SPUN,
        probability=0.99,
        threshold=0.9,
        suspect_threshold=0.5,
        quality=Quality(40.0, (QualityPart(EVIL, 1.0, EVIL, 40.0, EVIL),)),
        contributions=(Contribution(EVIL, 1.0, EVIL, EVIL, 1.0, EVIL), Contribution("b", math.nan, EVIL, EVIL, -1.0)),
        evidence=(
            Evidence("odd_synonyms", span, EVIL, (EVIL, f"{EVIL}2"), 0.9),
            Evidence("grammar", Span(0, 9), EVIL, (EVIL,), 0.5),
            Evidence(EVIL, Span(span.end + 1, span.end + 5), EVIL, (), 0.5),
        ),
        sentences=(SentenceScore(Span(0, len(text)), 0.9),),
        words=5,
        signature=EVIL,
        text=text,
        source=EVIL,
        note=EVIL,
    )
    show(verdict)
    assert EVIL in page.locator("#about").inner_text()
    for number in range(3):
        page.locator("#article .m").nth(number).click()
        assert EVIL in page.locator("#card").inner_text()
        page.keyboard.press("Escape")
    page.locator("#article .m").nth(1).click()
    page.locator("#card .choice").first.click()
    assert EVIL in page.locator("#article .accepted").inner_text()
    assert_inert(page)
    for tab in ("sentences", "why"):
        page.click(f"#tab-{tab}")
    assert_inert(page)


def test_file_name_and_docx_properties(page: "Page", spun: str, tmp_path: Path) -> None:
    """The name of a file, and all that a .docx says of itself, run nothing."""
    escaped = EVIL.replace("&", "&amp;").replace("<", "&lt;")
    core = f'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>{escaped}</dc:title></cp:coreProperties>'
    # A slash cannot stand in a file's name.
    document = tmp_path / f"{EVIL.replace('/', '')}.docx"
    document.write_bytes(word_document(escaped, *spun.splitlines(), more={"docProps/core.xml": core}))
    page.set_input_files("#file", document)
    page.wait_for_selector("#verdict")
    assert "onerror" in page.locator("#about").inner_text()
    assert_inert(page)


def test_address(page: "Page") -> None:
    """An address with markup, or one that is a script, is refused as text."""
    page.click("#by-address")
    for address in ("javascript:window.pwned=1", f"http://example.invalid/{EVIL}", f"http://{EVIL}"):
        page.fill("#address", address)
        page.click("#check")
        page.wait_for_selector("#problem:not([hidden])")
        assert_inert(page)


def test_second_text(page: "Page", check: Callable[[str], None], spun: str, human: str) -> None:
    """The second text and the list of wordings that differ run nothing."""
    check(spun.replace("stated", f"stated {EVIL}"))
    page.click("#tab-compare")
    page.fill("#second", human.replace("said", f"said {EVIL[::-1]} {EVIL}"))
    page.click("#panel-compare [type=submit]")
    page.wait_for_selector(".pairs")
    assert "<img" in page.locator(".pairs").inner_text()
    assert_inert(page)


def test_feed(page: "Page") -> None:
    """Names of outlets, titles, addresses and texts in a store run nothing."""
    page.click("nav >> text=Feed")
    page.wait_for_selector(".outlets")
    assert_inert(page)
    page.click(".feed-labels >> text=too short")
    page.wait_for_selector(".history li")
    assert "<img" in page.locator(".history b").inner_text()
    page.locator(".history a").click()
    page.wait_for_selector("text=Check this article here")
    assert "<img" in page.locator("#feed-title").inner_text()
    assert_inert(page)


def test_hash_of_the_address(page: "Page", address: str) -> None:
    """What stands behind the # of the page's own address runs nothing."""
    for part in ('check"><img src=x onerror=pwned=1>', f"feed/outlet/{EVIL}", "feed/article/%", "__proto__"):
        page.evaluate("part => { location.hash = part; }", part)
        page.wait_for_timeout(50)
    assert_inert(page)


def test_nothing_from_elsewhere(context: "BrowserContext", address: str, spun: str) -> None:
    """The page asks no other host for anything, and tells none of an article."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(address)
    page.fill("#text", spun)
    page.click("#check")
    page.wait_for_selector("#verdict")
    page.click("#tab-why")
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((f"{address}/", "blob:"))] == []
