"""What a notebook shows for verdicts, evidence and manifests, with texts and models of strangers."""

import re
from dataclasses import replace

import pytest
from page_reader import Page

from detector.checker import Checker
from detector.verdict import Verdict
from features.document import Span
from features.feature import Evidence

HOSTILE = [
    "<script>alert(1)</script>",
    "</div></style><img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)",
    "&lt;script&gt;",
    "\u202e\u2066txt.exe\x00\x1b[31m\ud800",
]


def is_harmless(page: str) -> None:
    """No element that runs or loads anything, no steering character, and every element closed."""
    read = Page(page)
    names = {name for tag, attributes in read.elements for name in (tag, *attributes)}
    assert not names & {"script", "img", "iframe", "object", "link", "src", "onerror", "onmouseover"}
    assert not read.open
    assert not read.crossed
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b\ud800-\udfff]", page)
    page.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_evidence(text: str) -> None:
    """One line with the message, the originals and the place."""
    page = Evidence(text, Span(3, 9), f"“{text}” is odd", (text, "said"), 0.97)._repr_html_()
    is_harmless(page)
    assert "<strong>" in page
    assert "3-9" in page
    assert "0.97" in page


def test_evidence_without_a_proposal() -> None:
    """Nothing is promised."""
    assert "&rarr;" not in Evidence("grammar", Span(0, 1), "Odd.")._repr_html_()


@pytest.mark.parametrize("text", HOSTILE)
def test_manifest(text: str, checker: Checker) -> None:
    """A model may be a stranger's: names of columns, files, data and figures are only shown."""
    manifest = replace(
        checker.model.manifest,
        columns=(text,),
        created=text,
        training_data={text: text},
        files={text: text},
        versions={text: text},
        metrics={text: {text: text}},
    )
    is_harmless(manifest._repr_html_())


def test_manifest_says_how_often_it_errs(checker: Checker) -> None:
    """Thresholds, with the rate of human copy at each and the articles behind it."""
    manifest = checker.model.manifest
    page = manifest._repr_html_()
    for at in manifest.thresholds.values():
        assert f"{at.spun:.3f}" in page
        assert f"{at.articles:,}" in page
    assert all(column in page for column in manifest.columns)


def test_long_manifest_ends(checker: Checker) -> None:
    """A notebook shows no more than a person reads."""
    files = {f"{number}.npy": "0" * 64 for number in range(5000)}
    assert "and 4920 more" in replace(checker.model.manifest, files=files)._repr_html_()


def test_verdict(case: tuple[str, Verdict]) -> None:
    """The report, in every case that the renderers are tested with."""
    is_harmless(case[1]._repr_html_())
