"""Bylines in a report. To be wrong about a person is the worst that unspin can do."""

import re
from pathlib import Path
from typing import Any

import pytest
from audit_report_store import Fill

from detector.audit.report import summarise
from detector.audit.report.chance import LEAST_STORIES, Standing
from detector.audit.report.figures import Bylines, Summary
from detector.audit.report.page import as_html
from detector.audit.report.terminal import as_text
from detector.cli import main

SPUN: dict[str, Any] = {"label": "spun", "probability": 0.99}


def signed(author: str | None, number: int, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any column
    """So many articles with a byline."""
    return [{"author": author, **more} for _ in range(number)]


def asked(store: Path) -> Bylines:
    """The bylines of a store."""
    found = summarise(store, by_author=True).bylines
    assert found is not None
    return found


def names(store: Path) -> list[tuple[str, str]]:
    """Who is listed, and of which outlet."""
    return [(each.name, each.outlet) for each in asked(store).listed]


def both(summary: Summary) -> str:
    """What a report says, in the terminal and on the page, without marks and line ends."""
    page = re.sub(r"<style>.*?</style>|<[^>]+>", " ", as_html(summary), flags=re.DOTALL)
    return " ".join((as_text(summary, width=110) + page).split())


class TestWhoIsListed:
    """Few are."""

    def test_nobody_unasked(self, fill: Fill) -> None:
        """No name in any rendering."""
        summary = summarise(fill(*signed("Jane Doe", LEAST_STORIES, **SPUN)))
        assert summary.bylines is None
        assert summary.as_dict()["bylines"] is None
        assert "Jane Doe" not in both(summary) + str(summary.as_dict())

    def test_nobody_with_a_few_stories(self, fill: Fill) -> None:
        """All spun, and one story too few."""
        store = fill(*signed("Jane Doe", LEAST_STORIES - 1, **SPUN), *signed("John Roe", LEAST_STORIES))
        assert names(store) == [("John Roe", "The Example")]
        said = both(summarise(store, by_author=True))
        assert "Jane Doe" not in said
        assert "1 more byline is not listed." in said
        assert f"fewer than {LEAST_STORIES} judged stories" in said

    def test_only_judged_stories_count(self, fill: Fill) -> None:
        """Near-duplicates count once, and an article that is too short is no story."""
        versions = [{"author": "Jane Doe", "story": 1} for _ in range(LEAST_STORIES)]
        short = signed("Jane Doe", LEAST_STORIES, label="too_short", probability=None)
        assert names(fill(*versions, *short)) == []

    def test_one_name_at_two_outlets_may_be_two_people(self, fill: Fill) -> None:
        """Their stories are not added up."""
        half = LEAST_STORIES // 2
        store = fill(*signed("Jane Doe", half, origin="A", **SPUN), *signed("Jane Doe", half, origin="B", **SPUN))
        assert (names(store), asked(store).all) == ([], 2)

    def test_a_story_by_two_counts_for_neither_alone(self, fill: Fill) -> None:
        """A joint byline is a byline of its own; versions that name different people count for none."""
        joint = signed("Jane Doe; John Roe", 10, **SPUN)
        alone = signed("Jane Doe", LEAST_STORIES)
        unclear = [
            {"author": author, "story": 1000 + number, **SPUN}
            for number in range(LEAST_STORIES)
            for author in ("Jane Doe", "John Roe")
        ]
        (jane,) = asked(fill(*joint, *alone, *unclear)).listed
        assert (jane.name, jane.tally.judged, jane.tally.spun) == ("Jane Doe", LEAST_STORIES, 0)


class TestWhatIsSaid:
    """Of those who are listed."""

    @pytest.fixture
    def store(self, fill: Fill) -> Path:
        """Jane Doe is always flagged, John Roe now and then."""
        made: Path = fill(
            *signed("Jane Doe", LEAST_STORIES, **SPUN),
            *signed("John Roe", 99),
            *signed("John Roe", 1, **SPUN),
            *signed(None, 10),
        )
        return made

    def test_no_person_is_beyond_doubt(self, store: Path) -> None:
        """The same figures of an outlet are more than errors explain."""
        jane, john = asked(store).listed
        assert summarise(store).outlets[0].standing is Standing.BEYOND
        assert (jane.standing, john.standing) == (Standing.UNCLEAR, Standing.EXPECTED)
        assert (jane.rank, john.rank) == (1, 2)
        assert 0.9 < jane.share.low < jane.share.high == 1.0
        assert john.false_alarms == pytest.approx(0.5)

    def test_every_rendering_warns(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Names, intervals and the caution stand together."""
        summary = summarise(store, by_author=True)
        assert main(["report", str(store), "--by-author"]) == 0
        for said in (as_text(summary, width=110), as_html(summary), capsys.readouterr().out):
            flat = " ".join(said.split())
            assert "Jane Doe" in flat
            assert "A byline names a person, and no line here says that this person used a machine." in flat
        listed = summary.as_dict()["bylines"]["listed"]
        assert [each["name"] for each in listed] == ["Jane Doe", "John Roe"]
        assert all(set(each["share"]) == {"value", "low", "high"} for each in listed)

    def test_a_store_without_bylines_says_how_to_store_them(self, fill: Fill) -> None:
        """An empty table would look like praise."""
        assert "unspin audit stores them with --by-author" in both(summarise(fill({}), by_author=True))

    def test_a_byline_is_untrusted(self, fill: Fill) -> None:
        """It may hold markup and control characters."""
        summary = summarise(fill(*signed("<script>alert(1)</script>\x1b[31m", LEAST_STORIES)), by_author=True)
        assert "<script" not in as_html(summary)
        assert "\x1b" not in as_text(summary)
