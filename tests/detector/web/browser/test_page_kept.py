"""Results that can be passed on: kept by the server, exported, and printed."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TOKEN = "a-token-that-nobody-guesses"  # noqa: S105 - opens this server only


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the file of results."""
    return tmp_path_factory.mktemp("kept") / "results.sqlite"


@pytest.fixture(scope="module")
def address(server: Callable[..., Any], results: Path) -> Iterator[str]:
    """Give the address of a server that keeps results."""
    with server("--keep", str(results), "--keep-days", "30") as found:
        yield found


def compare(page: "Page", second: str) -> None:
    """Put a second text beside the article."""
    page.click("#tab-compare")
    page.fill("#second", second)
    page.click("#panel-compare [type=submit]")
    page.wait_for_selector(".pairs")


def noted(page: "Page", text: str) -> None:
    """Write a note."""
    if not page.locator("#case-note").is_visible():
        page.click("#case summary")
    before = page.locator("#case li").count()
    page.fill("#case-note", text)
    page.click("#case [type=submit]")
    page.wait_for_function("count => document.querySelectorAll('#case li').length > count", arg=before)


def test_a_colleague_opens_the_address(
    page: "Page", check: Callable[[str], None], browser: "Browser", spun: str, human: str, results: Path
) -> None:
    """With verdict, status, notes and comparison; what the colleague adds comes back after a reload."""
    assert "keeps each result with its article for 30 days" in page.inner_text("#keeping")
    check(spun)
    assert page.url.rpartition("#")[2].startswith("result/")
    page.select_option("#case-status", "asked")
    noted(page, "<b>Called</b> the writer.")
    compare(page, human)
    assert stat.S_IMODE(results.stat().st_mode) == 0o600

    other = browser.new_page(locale="en-GB")
    other.goto(page.url)
    other.wait_for_selector("#verdict")
    assert other.inner_text("#verdict") == "Spun"
    assert other.input_value("#case-status") == "asked"
    assert "<b>Called</b> the writer." in other.inner_text("#case li")
    other.click("#tab-compare")
    assert other.locator(".pairs .d").count() > 20
    noted(other, "He has the agency’s consent.")
    other.select_option("#case-status", "settled")
    other.wait_for_selector("#status >> text=Saved.", state="attached")
    other.close()

    page.reload()
    page.wait_for_selector("#verdict")
    assert page.input_value("#case-status") == "settled"
    assert page.locator("#case li").count() == 2
    page.get_by_role("button", name="Remove this note").first.click()
    page.wait_for_selector("#case li >> nth=1", state="detached")


def test_decisions_survive_a_reload(page: "Page", check: Callable[[str], None], spun: str) -> None:
    """They come from the history of this browser."""
    check(spun)
    page.wait_for_timeout(300)
    page.locator("#article .m", has_text="stated").first.click()
    page.locator("#card .choice").first.click()
    page.wait_for_timeout(200)
    page.reload()
    page.wait_for_selector("#article .m.accepted")


def test_delete(page: "Page", check: Callable[[str], None], spun: str) -> None:
    """A second click deletes it, everywhere; then the address says so."""
    check(spun)
    place = page.url
    page.wait_for_timeout(300)
    page.click("#case-delete")
    page.click("#case-delete")
    page.wait_for_selector("#composer:not([hidden])")
    assert page.url.endswith("#check")
    # From another page, so that the address is opened once, by loading it.
    page.goto("about:blank")
    page.goto(place)
    page.wait_for_selector("#problem:not([hidden])")
    assert "it was deleted, or its time is over" in page.inner_text("#problem")
    page.click("nav >> text=History")
    assert page.locator(".history li").count() == 0


def test_copy_the_address(page: "Page", check: Callable[[str], None], context: "BrowserContext", spun: str) -> None:
    """The clipboard holds it."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    check(spun)
    page.click("#case-copy")
    page.wait_for_selector("#case-copy >> text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_list_whose_rows_have_addresses(page: "Page", spun: str, human: str) -> None:
    """An opened row can be passed on; Back leads to the list."""
    files = [
        {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": text.encode()}
        for name, text in (("a", spun), ("b", human))
    ]
    page.set_input_files("#file", files)  # type: ignore[arg-type]
    page.wait_for_selector("#stop-several", state="detached")
    page.locator(".several button").first.click()
    page.wait_for_selector("#case:not([hidden])")
    assert "#result/" in page.url
    page.go_back()
    page.wait_for_selector(".several")
    page.go_forward()
    page.reload()
    page.wait_for_selector("#verdict")
    assert page.inner_text("#about").startswith("a.txt")


def test_the_token_opens_it(browser: "Browser", server: Callable[..., Any], tmp_path: Path, spun: str) -> None:
    """Who has the address alone is asked for the token."""
    with server("--keep", str(tmp_path / "r.sqlite"), UNSPIN_TOKEN=TOKEN) as found:
        page = browser.new_page()
        page.goto(found)
        page.fill("#token", TOKEN)
        page.click("#ask-token [type=submit]")
        page.wait_for_selector("#keeping:not(:empty)", state="attached")
        page.fill("#text", spun)
        page.click("#check")
        page.wait_for_selector("#case:not([hidden])")
        other = browser.new_page()
        other.goto(page.url)
        other.wait_for_selector("#ask-token[open]")
        assert other.locator("#result").is_hidden()
        other.fill("#token", TOKEN)
        other.click("#ask-token [type=submit]")
        other.wait_for_selector("#verdict")
        page.close()
        other.close()


def test_exports_have_names(page: "Page", check: Callable[[str], None], spun: str, human: str) -> None:
    """After the article's title; the proof stands alone, without script, and loads nothing."""
    check(spun)
    compare(page, human)
    names, proof = [], ""
    for button in ("html", "beside", "json"):
        with page.expect_download() as download:
            page.click("#export summary")
            page.click(f"#export-{button}")
        names.append(download.value.suggested_filename)
        if button == "beside":
            proof = Path(download.value.path()).read_text(encoding="utf-8")
    stem = "uruguay-and-paraguay-resume-discussions-on-river-dredging"
    assert names == [f"{stem}.report.html", f"{stem}.side-by-side.html", f"{stem}.verdict.json"]
    assert "<script" not in proof
    assert "<button" not in proof
    assert "default-src 'none'" in proof
    other = page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    other.set_content(proof)
    assert asked == []
    assert other.locator(".pairs .pair").first.is_visible()
    assert other.inner_text("h1") == "Spun"
    other.close()


def test_paper(page: "Page", check: Callable[[str], None], spun: str, human: str) -> None:
    """The tab Side by side prints the proof, the others the report; a file gets the article's name."""
    check(spun)
    noted(page, "Called the writer.")
    compare(page, human)
    title = page.title()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.title().endswith("river-dredging.side-by-side")
    assert page.url in page.inner_text("#paper")
    for shown in ("#verdict", ".pairs", "#case li"):
        assert page.locator(shown).first.is_visible(), shown
    for hidden in ("#article", "#side", "#case-note", "#case-delete", ".bar", "#tabs"):
        assert page.locator(hidden).is_hidden(), hidden
    assert "compare the article with its likely source." in page.inner_text("#head")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.title() == title
    page.click("#tab-article")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.title().endswith("river-dredging.report")
    assert page.locator("#article").is_visible()
    assert page.locator(".pairs").is_hidden()


def test_a_result_that_was_not_kept(page: "Page", check: Callable[[str], None], spun: str) -> None:
    """The page says so, and shows the verdict."""

    def failed(route: Any) -> None:  # noqa: ANN401 - playwright may be missing
        view = json.loads(route.fetch().body())
        view["kept"] = {"error": "This result was not kept: the server's log says why."}
        route.fulfill(body=json.dumps(view), content_type="application/json")

    page.route("**/page/check", failed)
    check(spun)
    assert "was not kept" in page.inner_text("#case")
    assert "#check" in page.url
