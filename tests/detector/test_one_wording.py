"""One wording alone may not accuse: a house style that writes `stated` for `said` is no rewrite."""

from pathlib import Path

import pytest

from detector.checker import Checker
from detector.verdict import Label
from features.document import Document

CASE = Path(__file__).parents[1] / "cases" / "05-said-to-stated"


UNBOUNDED = pytest.mark.xfail(strict=True, reason="one wording feeds several columns, and their sum has no bound")


@pytest.mark.parametrize(
    "name", ["chip-layoffs.txt", "olive-harvest.txt", pytest.param("tidal-turbine.txt", marks=UNBOUNDED)]
)
def test_stated_for_said_is_not_spun(checker: Checker, name: str) -> None:
    """Clean stories of which nothing but this verb was replaced."""
    assert checker.check(Document((CASE / name).read_text(encoding="utf-8"))).label is not Label.SPUN
