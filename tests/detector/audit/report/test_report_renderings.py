"""The report as page, text and JSON: readable, harmless, and never saying more than the label."""

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit_report_store import TEXT, Fill, failed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_reader import Page

from detector.audit.report import Summary, summarise
from detector.audit.report.page import as_html
from detector.audit.report.terminal import as_text
from detector.render.data import dump

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}",
    "x\u202egnirts\u202c\u200b",
    "\x1b[31mred\x1b]0;title\x07\x08",
    "{{7*7}} [link](javascript:alert(1)) [bold]x[/bold]",
    "a\nb\r\n\tc",
    "\ud800"[:0] + "क्षि 👩‍🚒 שלום",
)


def hostile(fill: Fill, evil: str, name: str = "evil.sqlite") -> Summary:
    """A summary with a stranger's words in every place that holds some."""
    mark = {
        "feature": "odd_synonyms",
        "start": 0,
        "end": len(evil),
        "text": evil,
        "message": evil,
        "expected": [evil],
        "weight": 1.0,
    }
    everywhere = {"source": evil, "origin": evil, "title": evil, "url": evil, "date": evil, "note": evil}
    rows: Iterable[dict[str, Any]] = (
        {**everywhere, "label": "spun", "probability": 0.99, "evidence": [mark], "text": evil},
        {**everywhere, "label": "spun", "probability": 0.99, "evidence": [mark], "url": f"javascript:alert('{evil}')"},
        failed(evil, evil, source=evil),
        {"origin": "Plain"},
    )
    return summarise(fill(*rows, name=name))


def test_two_models(fill: Fill) -> None:
    """With two models there is no one threshold to draw. With none that is known, as in a damaged store, there is none."""
    store = fill({"label": "spun", "probability": 0.99}, {})
    page = as_html(summarise(store))
    assert 'class="threshold spun"' in page
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("INSERT INTO models SELECT 2, 'other', columns, 0.005, 0.02, 100 FROM models")
        connection.execute("UPDATE articles SET model = 2 WHERE id = 1")
    for known in (2, 0):
        summary = summarise(store)
        assert len(summary.judges) == known
        page = as_html(summary)
        assert "<h2>Probabilities</h2>" in page
        assert 'class="threshold' not in page
        with closing(sqlite3.connect(store)) as connection, connection:
            connection.execute("DELETE FROM models")


class TestHarmless:
    """A stranger's text does nothing."""

    @pytest.mark.parametrize("evil", EVIL)
    def test_no_text_becomes_markup(self, fill: Fill, evil: str) -> None:
        """Whatever outlets, titles, addresses, marks and errors hold, the page has our tags alone, well nested."""
        page = Page(as_html(hostile(fill, evil)))
        assert not page.crossed
        assert not page.open
        assert {tag for tag, _ in page.elements}.isdisjoint(
            {"script", "img", "iframe", "object", "link", "form", "base"}
        )
        assert sum(tag == "style" for tag, _ in page.elements) == 1
        for _, attributes in page.elements:
            assert not any(name.startswith("on") for name in attributes)
            assert "src" not in attributes
            assert (attributes.get("href") or "https:").startswith("https:")

    @pytest.mark.parametrize("evil", EVIL)
    def test_no_text_steers_a_terminal(self, fill: Fill, evil: str) -> None:
        """No control character and no direction override reaches a terminal; they are made visible."""
        text = as_text(hostile(fill, evil), color=False)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60))
    def test_any_text_is_rendered(self, fill: Fill, tmp_path: Path, evil: str) -> None:
        """Every rendering takes any text."""
        (tmp_path / "any.sqlite").unlink(missing_ok=True)
        summary = hostile(fill, evil, "any.sqlite")
        assert not Page(as_html(summary)).crossed
        as_text(summary, width=40, color=True)
        assert json.loads(dump(summary.as_dict()))["schema"] == "unspin.report/1"

    def test_the_page_loads_nothing(self, desk: Path) -> None:
        """Nothing links but the addresses of articles, a policy forbids the rest, and no rule fetches."""
        page = as_html(summarise(desk))
        assert "default-src 'none'" in page
        assert not re.search(r"url\(|@import|<link|\ssrc=|\shref=", page)


class TestPage:
    """What an editor reads."""

    def test_it_says_what_the_numbers_carry(self, desk: Path) -> None:
        """The false-positive rate stands beside the table, the false alarms to expect beside the headline."""
        page = Page(as_html(summarise(desk))).text
        assert "15 of 231 stories are labelled spun." in page
        assert "1 in 200 human stories is wrongly flagged as spun (0.5%)" in page
        assert "we would expect about 1.2 to be wrongly flagged as spun" in page
        assert "more than wrongly flagged human articles can explain" in page
        assert "more than usual, but some human writing gets there" in page

    def test_every_order_of_the_outlets_is_there(self, desk: Path) -> None:
        """Each button has its own table with the same outlets, and one is chosen from the start."""
        page = Page(as_html(summarise(desk)))
        buttons = [attributes for tag, attributes in page.elements if tag == "input"]
        tables = [a for tag, a in page.elements if tag == "div" and (a.get("class") or "").startswith("sorted")]
        assert len(buttons) == len(tables) == 5
        assert [b["id"] for b in buttons if "checked" in b] == [buttons[0]["id"]]
        assert all(page.text.count(name) >= 5 for name in ("Mill", "Herald", "Tiny"))

    def test_passages_show_the_likely_original(self, desk: Path) -> None:
        """Where the text is kept, an odd word stands in its sentence with what was likely there above it."""
        page = as_html(summarise(desk))
        assert re.search(r"<ruby>.{0,80}stated.{0,40}<rt>said</rt>", page)
        assert "Officials" in page

    def test_without_text_the_wordings_are_listed(self, fill: Fill, spun: dict[str, Any]) -> None:
        """Where it is not kept, odd words are listed with their likely originals and no sentence is shown."""
        page = as_html(summarise(fill(spun)))
        assert "Officials" not in page
        assert "<ruby>" not in page
        assert "said" in Page(page).text

    def test_nothing_at_all_is_a_page_too(self, fill: Fill) -> None:
        """Filters that nothing meets, and stores of errors alone, are told plainly."""
        assert "There are no articles to report on." in as_html(summarise(fill()))
        assert "No story could be judged." in as_html(summarise(fill(failed("fetch", "no answer"), name="b.sqlite")))

    def test_two_reports_share_no_name(self, desk: Path, fill: Fill) -> None:
        """In one notebook each report's buttons choose among its own tables."""
        one, two = (
            set(re.findall(r' id="([^"]+)"', s._repr_html_()))
            for s in (summarise(desk), summarise(fill({}, {"origin": "B"}, name="c")))
        )
        assert one
        assert two
        assert one.isdisjoint(two)

    @pytest.mark.parametrize("spun", [0, 1, 5])
    def test_it_accuses_nobody(self, fill: Fill, spun: int) -> None:
        """No rendering says that anybody spun, stole, faked or cheated; few spun stories are said to mean nothing."""
        rows: list[dict[str, Any]] = [{"label": "spun", "probability": 0.99}] * spun + [{}] * 1000
        summary = summarise(fill(*rows, text=TEXT))
        for said in (Page(as_html(summary)).text, as_text(summary)):
            assert not re.search(r"plagiar|stole|fake|cheat|guilty|caught|culprit|fraud", said, re.IGNORECASE)
        if spun:
            assert "says nothing against anybody" in as_html(summary)


class TestTerminal:
    """What a person at a terminal reads."""

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_it_fits(self, desk: Path, width: int) -> None:
        """No line is longer than the terminal is wide."""
        assert max(map(len, as_text(summarise(desk), width=width).splitlines())) <= width

    def test_it_is_plain_without_a_terminal(self, desk: Path) -> None:
        """Without colour there is no escape sequence, and with colour the same words."""
        plain, colored = (as_text(summarise(desk), color=color) for color in (False, True))
        assert "\x1b" not in plain
        assert "\x1b" in colored
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored).split() == plain.split()

    def test_outlets_stand_under_what_is_said_of_them(self, desk: Path) -> None:
        """The outlet beyond false alarms comes under that heading, the others under theirs."""
        text = as_text(summarise(desk))
        beyond, expected = (
            text.index("More than wrongly flagged human articles can explain:"),
            text.index("No more than wrongly flagged human articles explain:"),
        )
        assert beyond < text.index("Mill") < expected < text.index("Herald")


def test_json_holds_no_nan(fill: Fill) -> None:
    """What is not known is null, and every field is there."""
    answer = json.loads(dump(summarise(fill({}, rate=None)).as_dict()))
    assert answer["false_alarms"] is None
    assert answer["outlets"][0]["standing"] == "unknown"
    assert answer["stories"] == {"clean": 1, "suspect": 0, "spun": 0}
