"""The evaluation's pages say what evaluation.json says."""

from pathlib import Path

import pytest

from detector.lab.evaluation.pages import BEGIN, END, how_good, with_how_good, write_pages
from detector.lab.evaluation.report import markdown, read_answer

CLONE = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def answer() -> dict[str, object]:
    """Read the figures of the shipped model."""
    return read_answer(CLONE / "docs" / "evaluation.json")


def test_the_page_shows_the_figures_of_the_file(answer: dict[str, object]) -> None:
    """docs/EVALUATION.md is what the code writes of docs/evaluation.json."""
    assert (CLONE / "docs" / "EVALUATION.md").read_text(encoding="utf-8") == markdown(answer)


def test_the_readme_shows_the_figures_of_the_file(answer: dict[str, object]) -> None:
    """The README's table is what the code writes of docs/evaluation.json."""
    readme = (CLONE / "README.md").read_text(encoding="utf-8")
    assert with_how_good(readme, answer) == readme
    assert how_good(answer) in readme


def test_another_figure_gives_another_table(answer: dict[str, object]) -> None:
    """The lines are read off the file: a spinner that is never found shows as 0."""
    families = [
        {**row, "called_spun": row["called_spun"]._replace(value=0.0)} if row["family"] == "dictionary" else row
        for row in answer["families"]  # type: ignore[attr-defined]
    ]
    changed = how_good({**answer, "families": families}).splitlines()
    assert changed[2].split("|")[2].strip() == "0"
    assert changed[3].split("|")[2].strip() == "0"
    assert changed[4:] == how_good(answer).splitlines()[4:]


def test_a_quick_run_leaves_gaps(answer: dict[str, object]) -> None:
    """A run without left-out models has a dash where they would stand."""
    lines = how_good({**answer, "left_out": []}).splitlines()
    assert next(line for line in lines if "left out of training" in line).endswith("| - | - |")


def test_only_what_stands_between_the_marks_is_written(tmp_path: Path) -> None:
    """The rest of the README stays as it is, and the file of figures too."""
    (tmp_path / "docs").mkdir()
    figures = (CLONE / "docs" / "evaluation.json").read_bytes()
    (tmp_path / "docs" / "evaluation.json").write_bytes(figures)
    (tmp_path / "README.md").write_text(f"before\n{BEGIN}old\n{END}after\n", encoding="utf-8")
    write_pages(tmp_path)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}")
    assert text.endswith(f"{END}after\n")
    assert "old" not in text
    assert (tmp_path / "docs" / "evaluation.json").read_bytes() == figures
