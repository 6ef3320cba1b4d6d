"""The table of wordings and what reporters write instead."""

from importlib.resources import files

from detector.lab.training.build_alternatives import ORIGINALS_HEADER, originals


def test_header_names_format_and_columns() -> None:
    """The table says what it is before it says anything else."""
    lines = (files("seeds") / "originals.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == [ORIGINALS_HEADER, "wording\toriginals"]


def test_rows_are_sorted_unique_lower_case_words() -> None:
    """A row is found where one looks for it, and only once."""
    lines = (files("seeds") / "originals.tsv").read_text(encoding="utf-8").splitlines()[2:]
    wordings = [line.split("\t")[0] for line in lines]
    assert wordings == sorted(set(wordings))
    assert all(w.replace("-", "").isalpha() and w.islower() for pair in originals() for w in pair)


def test_no_wording_is_its_own_original() -> None:
    """Nothing is corrected to itself, and no original is named twice."""
    pairs = originals()
    assert len(pairs) == len(set(pairs))
    assert all(wording != original for wording, original in pairs)
