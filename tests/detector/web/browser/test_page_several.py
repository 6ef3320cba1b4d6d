"""Several articles at once: dropped, chosen, or in a zip archive; a table that opens one by one."""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

TEXTS = Path(__file__).resolve().parents[4] / "seeds" / "texts"
DROP = """files => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name, {type: "text/plain"}));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
EVIL = "<img src=x onerror=window.pwned=1>.txt"


def answers(page: "Page") -> list[str]:
    """Wait until all are judged; give the answers in the table."""
    page.wait_for_selector("#stop-several", state="detached")
    return page.locator(".several tbody td:first-child").all_inner_texts()


def test_ten_files_are_dropped(page: "Page", spun: str, human: str) -> None:
    """Each has a row; the bad one says so; the others open and lead back to the list."""
    files = [[f"{number}.txt", spun if number % 2 else human] for number in range(8)]
    page.evaluate(DROP, [*files, ["bad.docx", "PK\x03\x04 damaged"], [EVIL, "Too short."]])
    assert answers(page) == ["Clean", "Spun"] * 4 + ["Not checked", "Too short to judge"]
    assert page.inner_text("#several-summary") == (
        "9 of 10 articles checked: 4 clean, 4 spun, 1 too short to judge, 1 not checked."
    )
    assert "damaged" in page.locator(".several tr", has_text="bad.docx").inner_text()
    assert page.locator(".several tr", has_text="onerror").count() == 1
    assert page.evaluate("window.pwned") is None
    page.locator(".several button").nth(1).click()
    page.wait_for_selector("#verdict")
    assert "1.txt" in page.inner_text("#about")
    page.locator("#article .m", has_text="stated").first.click()
    page.locator("#card .choice").first.click()
    page.click("#back")
    assert page.locator(".several tbody tr").count() == 10
    page.locator(".several button").nth(1).click()
    assert page.locator("#article .m.accepted").count() == 1
    page.go_back()
    page.wait_for_selector(".several")
    page.click("nav >> text=History")
    page.wait_for_selector(".history li")
    assert page.locator(".history li").count() == 9


def test_a_zip_is_chosen(page: "Page", spun: str, human: str) -> None:
    """Its files take its place among the others, in order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in (("a.txt", spun), ("b.csv", "text\nx"), ("../c.txt", human)):
            archive.writestr(name, text)
    chosen = (("first.txt", human.encode()), ("desk.zip", made.getvalue()), ("last.txt", spun.encode()))
    files = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in chosen]
    page.set_input_files("#file", files)  # type: ignore[arg-type]
    assert answers(page) == ["Clean", "Spun", "Not checked", "Clean", "Spun"]
    names = page.locator(".several tbody th small").all_inner_texts()
    assert names[0] == "first.txt"
    assert names[1] == "desk.zip!a.txt"
    assert "unspin audit" in names[2]
    assert names[3:] == ["desk.zip!../c.txt", "last.txt"]


def test_a_damaged_zip(page: "Page") -> None:
    """Its own row says what is wrong."""
    page.set_input_files("#file", {"name": "x.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04 damaged"})
    assert answers(page) == ["Not checked"]
    assert "damaged" in page.inner_text(".several")


def test_too_many_files(page: "Page") -> None:
    """The first fifty are judged, and the last row says what to do with the others."""
    page.evaluate(DROP, [[f"{number}.txt", "Too short."] for number in range(53)])
    found = answers(page)
    assert found == ["Too short to judge"] * 50 + ["Not checked"]
    assert "3 more files" in page.locator(".several tr").last.inner_text()


def test_a_busy_server_is_asked_again(page: "Page") -> None:
    """A row waits as long as the server says."""
    asked = 0

    def busy(route: object) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            route.fulfill(  # type: ignore[attr-defined]
                status=429,
                headers={"Retry-After": "1"},
                content_type="application/problem+json",
                body='{"detail": "Busy."}',
            )
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/page/check", busy)
    page.evaluate(DROP, [["a.txt", "Too short."], ["b.txt", "Too short."]])
    assert answers(page) == ["Too short to judge"] * 2
    assert asked == 3


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_cut_off(page: "Page", spun: str, width: int) -> None:
    """On a phone the page does not scroll sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(DROP, [["a-name-without-a-break-" * 5 + ".txt", spun], ["b.txt", "Too short."]])
    answers(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_server_is_gone(page: "Page", context: "BrowserContext") -> None:
    """Each row says so."""
    context.set_offline(True)
    page.evaluate(DROP, [["a.txt", "x"], ["b.txt", "x"]])
    assert answers(page) == ["Not checked"] * 2
    assert "does not answer" in page.inner_text(".several")
