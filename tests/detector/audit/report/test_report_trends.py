"""Outlets against their own past."""

import datetime as dt
import random
from typing import Any

import pytest
from audit_report_store import Fill

from detector.audit.report import summarise
from detector.audit.report.figures import Change
from detector.audit.report.page import as_html
from detector.audit.report.terminal import as_text
from detector.audit.report.trends import by_chance
from detector.audit.store import Store

END = dt.date(2026, 11, 9)


def rows(outlet: str, recent: tuple[int, int], before: tuple[int, int], **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any column
    """Stories of the last week and of the ten weeks before: (flagged, judged)."""
    made = []
    for (flagged, judged), first, last in ((recent, 0, 6), (before, 7, 76)):
        for n in range(judged):
            date = (END - dt.timedelta(first + n % (last - first + 1))).isoformat()
            label = {"label": "suspect", "probability": 0.8} if n < flagged else {}
            made.append({"origin": outlet, "date": date, **label, **more})
    return made


def test_only_a_change_beyond_chance_is_said(fill: Fill) -> None:
    """One outlet begins to send rewrites; another has as many as always; a third has too few stories to say."""
    store = fill(*rows("Mill", (12, 30), (2, 120)), *rows("Usual", (3, 30), (12, 120)), *rows("Tiny", (2, 2), (0, 60)))
    summary = summarise(store)
    changes = {trend.outlet: trend.change for trend in summary.trends}
    assert changes == {"Mill": Change.MORE, "Usual": Change.NONE, "Tiny": Change.NONE}
    mill = summary.trends[0]
    assert (mill.outlet, mill.days, mill.recent[2:4], mill.before[2:4]) == ("Mill", 7, (30, 12), (120, 2))
    assert (mill.periods[-1].first, mill.periods[-1].last) == ("2026-11-03", "2026-11-09")
    assert sum(period.judged for period in mill.periods) == 150
    for page in (as_text(summary, width=100), as_html(summary)):
        said = " ".join(page.split())
        assert said.count("A larger share is flagged than before: 12 of 30, 40% (25 to 58%) in the last 7 days") == 1
        assert "1 outlet changed beyond chance" in said
    assert summary.as_dict()["trends"][0]["change"] == "more"


def test_an_outlet_that_becomes_better(fill: Fill) -> None:
    """Is told as well."""
    (trend,) = summarise(fill(*rows("Mill", (0, 60), (60, 120)))).trends
    assert trend.change is Change.FEWER


def test_another_model_is_not_a_trend(fill: Fill, spun: dict[str, Any]) -> None:
    """A new model that flags more judged the last week: its stories have no past to compare with."""
    store = fill(*rows("Mill", (12, 30), (2, 120)))
    with Store.open(store) as opened:
        sql = opened.connection.connection.cursor()
        sql.execute("INSERT INTO models (id, signature, columns) VALUES (2, 'new', '[]')")
        sql.execute("UPDATE articles SET model = 2 WHERE date > '2026-11-02'")
    assert summarise(store).trends == ()


def test_dates_in_the_future_and_no_dates(fill: Fill) -> None:
    """A feed with wrong dates does not move the last week away from all others; one day alone is no trend."""
    store = fill(*rows("Mill", (12, 30), (2, 120)), {"origin": "Mill", "date": "2062-01-01"}, {"date": "soon"})
    assert summarise(store).trends[0].change is Change.MORE
    assert summarise(fill({"date": None}, {"date": None}, name="b.sqlite")).trends == ()


def test_a_long_past_is_shown_in_months(fill: Fill) -> None:
    """At most twelve of them."""
    old = {"origin": "Mill", "date": "2020-01-01"}
    (trend,) = summarise(fill(old, *rows("Mill", (1, 30), (2, 120)))).trends
    assert (trend.days, len(trend.periods)) == (30, 12)


@pytest.mark.parametrize(("table", "chance"), [((0, 10, 0, 10), 1.0), ((5, 5, 0, 5), 2 / 252), ((1, 1, 0, 99), 0.01)])
def test_fisher(table: tuple[int, int, int, int], chance: float) -> None:
    """Against values worked out by hand."""
    assert by_chance(*table) == pytest.approx(chance)


def test_honest_outlets_hardly_ever_change() -> None:
    """In a hundred reports of ten made-up outlets that always have the same rate."""
    chance = random.Random(4)
    wrong = 0
    for _ in range(1000):
        hits = sum(chance.random() < 0.02 for _ in range(40)), sum(chance.random() < 0.02 for _ in range(400))
        wrong += by_chance(hits[0], 40, hits[1], 400) * 10 < 0.01 and max(hits) >= 5
    assert wrong <= 2
