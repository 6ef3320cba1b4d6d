"""One wording alone may not accuse: a house style that writes `stated` for `said` is no rewrite."""

from pathlib import Path

import pytest

from detector.checker import Checker
from detector.verdict import Label
from features.document import Document

CASE = Path(__file__).parents[1] / "cases" / "05-said-to-stated"


@pytest.mark.parametrize("name", sorted(path.name for path in CASE.glob("*-*.txt")))
def test_stated_for_said_is_not_spun(checker: Checker, name: str) -> None:
    """Clean stories of which nothing but this verb was replaced."""
    verdict = checker.check(Document((CASE / name).read_text(encoding="utf-8")))
    assert verdict.label is Label.SUSPECT
    assert "One wording, “stated”, explains most of the score." in verdict.note
