"""The data folder as stories: roles that never change, mended text, and a plain word about a missing file."""

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from detector.errors import DataError
from detector.lab.data.corpus import ROLES, SETS, Story, held_out, mend, require_fields, role_of, sets_in, stories


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """One file of a data folder."""
    with lzma.open(folder / f"{name}.jsonl.xz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def story(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of JSON
    """A row with a text of its own."""
    return {
        "id": f"s{number}",
        "text": f"Story {number} tells of the {number} bridges. " * 8,
        "label": "human",
        **fields,
    }


def test_shares_of_every_set_sum_to_a_hundred() -> None:
    """Every set gives all its stories a role."""
    assert all(sum(s.shares) == 100 for s in SETS.values())
    assert all(name == s.name for name, s in SETS.items())


def test_roles_come_in_their_shares_and_stay() -> None:
    """Many groups are drawn near the shares, and a group always draws the same role."""
    shares = (60, 15, 12, 13)
    drawn = Counter(role_of(f"outlet {i}", shares) for i in range(4000))
    for role, share in zip(ROLES, shares, strict=True):
        assert drawn[role] / 40 == pytest.approx(share, abs=3)
    assert role_of("outlet 7", shares) == role_of("outlet 7", shares)


def test_shares_that_do_not_sum_are_refused() -> None:
    """A group for which no share is left is an error, not a silent test story."""
    with pytest.raises(ValueError, match="do not sum to 100"):
        role_of("anything", (0, 0, 0, 0))


def test_an_outlet_has_one_role(tmp_path: Path) -> None:
    """Sets of many outlets are split by outlet, and held-out stories are those not counted."""
    write(tmp_path, "world-news", [story(i, outlet=f"Outlet {i % 30}") for i in range(120)])
    read = list(stories(tmp_path, "world-news"))
    roles: dict[str, set[str]] = {}
    for each in read:
        roles.setdefault(each.group, set()).add(each.role)
    assert len(roles) == 30
    assert all(len(found) == 1 for found in roles.values())
    held = held_out(tmp_path, "world-news")
    assert 0 < len(held) < len(read)
    assert [s.key for s in held] == [s.key for s in read if s.role != "reference"]


def test_a_rewrite_has_its_originals_role(tmp_path: Path) -> None:
    """Both halves of a pair are in one group; a row without a pair is its own."""
    write(tmp_path, "mrpc", [story(1, pair_id="p"), story(2, pair_id="p", label="spun"), story(3)])
    one, two, three = stories(tmp_path, "mrpc")
    assert (one.group, one.role) == (two.group, two.role) == ("mrpc:p", one.role)
    assert three.group == "mrpc:s3"
    assert two.fields == {"pair_id": "p"}


def test_sets_of_the_same_originals_have_the_same_pairs(tmp_path: Path) -> None:
    """What two sets of rewrites made of one original is in one group and has one role, whichever set it is in."""
    pairs = [f"news-{i}" for i in range(60)]
    for name in ("mixset", "ai-polished"):
        rows = [story(i, pair_id=f"{name}:{pair}", tool=name) for i, pair in enumerate(pairs)]
        write(tmp_path, name, [{**row, "id": f"{name}:{row['id']}"} for row in rows])
    mixed, polished = (list(stories(tmp_path, name)) for name in ("mixset", "ai-polished"))
    assert [(s.group, s.role) for s in mixed] == [(s.group, s.role) for s in polished]
    assert {s.role for s in polished} == {"fit", "calibrate", "test"}
    assert {s.group for s in polished} == {f"mixset:mixset:{pair}" for pair in pairs}
    assert [(s.set, s.key) for s in polished] == [("ai-polished", f"ai-polished:s{i}") for i in range(60)]


def test_a_set_of_the_same_originals_is_split_as_the_other() -> None:
    """Else one group would have two roles; the other set's pairs are its own."""
    for described in SETS.values():
        if described.pairs_of is not None:
            other = SETS[described.pairs_of]
            assert (described.shares, described.group, other.pairs_of) == (other.shares, other.group, None)
    assert {s.name: s.pairs_of for s in SETS.values() if s.pairs_of} == {"ai-polished": "mixset"}


def test_pairs_of_the_real_sets_meet(shared: Path) -> None:
    """On the real data: all of the one set's pairs are the other's, and their originals are the same texts."""
    mixed, polished = (
        {s.group: s.text for s in stories(shared / "data", name) if s.label == "human"}
        for name in ("mixset", "ai-polished")
    )
    both = mixed.keys() & polished.keys()
    assert len(both) > 100
    assert both == polished.keys()
    same = sum(mixed[group][:60] == polished[group][:60] for group in both)
    assert same / len(both) > 0.95


def test_copies_of_a_text_have_one_role(tmp_path: Path) -> None:
    """Without owners the role is drawn from the running text, whatever its punctuation."""
    rows = [story(5), {**story(5), "id": "copy"}]
    rows[1]["text"] = rows[1]["text"].replace(".", " -")
    write(tmp_path, "bbc2005", rows)
    one, two = stories(tmp_path, "bbc2005")
    assert one.role == two.role


def test_tokenised_sets_and_rows_are_put_together(tmp_path: Path) -> None:
    """Sets of tokenised text, and rows that say so, are put together; others are left."""
    row = {"id": "a", "text": "It did n't rise , he said .", "label": "human"}
    write(tmp_path, "nltk-news", [row])
    write(tmp_path, "bbc2005", [row, {**row, "tokenised": True}])
    assert [s.text for s in stories(tmp_path, "nltk-news")] == ["It didn't rise, he said."]
    assert [s.text for s in stories(tmp_path, "bbc2005")] == [row["text"], "It didn't rise, he said."]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error names the file and says what to point to."""
    with pytest.raises(DataError, match=r"bbc2005\.jsonl\.xz is missing: point to the folder"):
        list(stories(tmp_path, "bbc2005"))


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("Shares of Acme ( ACME.N ) fell.The rest rose.", "Shares of Acme fell. The rest rose."),
        ("It rose. (Reporting by A. Person; Editing by B. Person)", "It rose."),
        ("See www.example.com.Then go.", "See www.example.com.Then go."),
        ("Untouched, as it is. Here.", "Untouched, as it is. Here."),
    ],
)
def test_text_is_mended(damaged: str, whole: str) -> None:
    """Tickers and credits go and glued sentences come apart, but not in web addresses."""
    assert mend(damaged) == whole


def test_quotes_of_tokenised_text_close_up() -> None:
    """Quotation marks, dashes and brackets of tokenised text stand as they are printed."""
    assert mend("He said `` no '' ( twice ) for $ 5 .", tokenised=True) == 'He said "no" (twice) for $5.'


@pytest.mark.parametrize(
    "line", ["{", "[]", "7", '{"id": "a", "label": "human"}', '{"id": "a", "text": 3, "label": "human"}']
)
def test_a_line_that_is_no_story_is_named(tmp_path: Path, line: str) -> None:
    """The sentence names the file and the line."""
    with lzma.open(tmp_path / "bbc2005.jsonl.xz", "wt", encoding="utf-8") as out:
        out.write(f"{json.dumps(story(1))}\n{line}\n")
    with pytest.raises(DataError, match=r"bbc2005\.jsonl\.xz: unspin cannot read line 2\."):
        list(stories(tmp_path, "bbc2005"))


@pytest.mark.parametrize("data", [b"no xz at all", lzma.compress(b'{"id": "a"')[:-20]])
def test_a_file_that_is_not_compressed_or_cut_off_is_named(tmp_path: Path, data: bytes) -> None:
    """A download that broke off is told apart from an empty set."""
    (tmp_path / "bbc2005.jsonl.xz").write_bytes(data)
    with pytest.raises(DataError, match=r"bbc2005\.jsonl\.xz: unspin cannot read line 1\."):
        list(stories(tmp_path, "bbc2005"))


def test_only_known_sets_are_found(tmp_path: Path) -> None:
    """Other files are nobody's business."""
    write(tmp_path, "world-news", [story(1)])
    write(tmp_path, "unknown", [story(1)])
    assert sets_in(tmp_path) == ["world-news"]


def test_a_field_that_evaluation_needs_is_asked_for() -> None:
    """Some are needed of rewrites alone."""

    def told(label: str, **fields: object) -> Story:
        return Story("a", "text", label, "g", "test", "mixset", fields)

    require_fields(told("human", domain="news"))
    with pytest.raises(DataError, match="the story a has no field tool"):
        require_fields(told("llm_paraphrase", domain="news"))
    with pytest.raises(DataError, match="has no field domain"):
        require_fields(told("human"))
