"""Measuring how telling the wordings of the lexicon are."""

import json
import lzma
import math
from collections import Counter
from pathlib import Path

import pytest

from detector.lab.training import lift
from detector.lab.training.lift import Counts, count, count_groups, fondest_rate, measured
from features.lexicon import COLUMNS, HEADER, Lexicon, read_lexicon

HEAD = HEADER + "\n" + "\t".join(COLUMNS) + "\n"
TABLE = HEAD + (
    "following\tafter\tfunction_word\tthesaurus\t\n"
    "stated\tsaid\tverb_of_saying\tthesaurus\t9.99\n"
    "Wall Road\tWall Street\tname\tname_rewrite\t\n"
)


@pytest.fixture
def lexicon() -> Lexicon:
    """Three wordings, one of them with an old lift."""
    return read_lexicon(TABLE, "table")


def test_counts_add_up(lexicon: Lexicon) -> None:
    """Two heaps of text together hold what each of them holds."""
    one, two = ["He stated it."], ["They stated it on Wall Road."]
    assert count(lexicon, one) + count(lexicon, two) == count(lexicon, one + two)


def test_groups_are_counted_apart(lexicon: Lexicon) -> None:
    """Each country has its own words and wordings, however its stories are mixed with others."""
    found = count_groups(lexicon, [("a", "He stated it."), ("b", "She said it."), ("a", "He stated so.")])
    assert found == {"a": Counts(Counter(stated=2), 6), "b": Counts(Counter(), 3)}


def test_lift_is_that_of_the_fondest_group(lexicon: Lexicon) -> None:
    """A habit of one country lowers the lift; wordings that nobody has stay unmeasured."""
    rewritten = Counts(Counter({"stated": 400, "Wall Road": 8}), 1_000_000)
    fond = Counts(Counter(stated=200), 1_000_000)
    cool = Counts(Counter(stated=200), 9_000_000)
    lifts = {e.wording: e.lift for e in measured(lexicon, rewritten, (fond, cool)).entries}
    pooled = {e.wording: e.lift for e in measured(lexicon, rewritten, (fond + cool,)).entries}
    assert 1.0 < lifts["stated"] < pooled["stated"]
    assert lifts["Wall Road"] == round(math.log2(8.5 / 0.5), 2)
    assert math.isnan(lifts["following"])


def test_rate_is_never_below_that_of_all() -> None:
    """However the groups differ, the rate is at least that of all of them together."""
    groups = [Counts(Counter(stated=n), 50_000) for n in (0, 1, 2, 3)]
    assert fondest_rate("stated", groups) >= 6 / 200_000


class TestCommand:
    """``python -m detector.lab.training.lift``."""

    def test_missing_data_is_one_sentence(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Without the data folder the table is left alone."""
        table = tmp_path / "lexicon.tsv"
        table.write_text(TABLE, encoding="utf-8")
        assert lift.main([str(tmp_path / "nowhere"), str(table)]) == 2
        assert "nowhere" in capsys.readouterr().err
        assert table.read_text(encoding="utf-8") == TABLE

    @pytest.mark.parametrize("arguments", [[], ["a", "b", "c"]])
    def test_usage(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """Too few or too many arguments are answered with the usage."""
        assert lift.main(arguments) == 2
        assert "usage" in capsys.readouterr().err

    def test_writes_the_table_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Twice over the same small data the table comes out the same, with lifts from that data."""
        with lzma.open(tmp_path / "bbc2005.jsonl.xz", "wt", encoding="utf-8") as lines:
            for n in range(40):
                story = {"id": f"bbc{n}", "text": f"The mayor said it {n} times, following a vote.", "source": "us"}
                lines.write(json.dumps({**story, "label": "human"}) + "\n")
        monkeypatch.setattr(lift, "HUMAN", {"bbc2005": 100})
        monkeypatch.setattr(lift, "SIMULATED", ("spinner",))
        monkeypatch.setattr(
            lift, "simulated_text", lambda *_: [f"The mayor stated it {n} times on Wall Road." for n in range(40)]
        )
        table = tmp_path / "lexicon.tsv"
        table.write_text(TABLE, encoding="utf-8")
        assert lift.main([str(tmp_path), str(table)]) == 0
        first = table.read_text(encoding="utf-8")
        assert lift.main([str(tmp_path), str(table)]) == 0
        assert table.read_text(encoding="utf-8") == first
        lifts = {e.wording: e.lift for e in read_lexicon(first, "table").entries}
        assert lifts["stated"] > 2
        assert lifts["Wall Road"] > 2
        assert lifts["following"] < 0
        assert "people write 1 of them more often" in capsys.readouterr().err
