"""Lessons of the reader: labels stand where the rewriter was, and a chunk is always the same."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from detector.lab.data.corpus import Story
from detector.lab.spinners import Change, ThesaurusSpinner, from_table
from detector.lab.training.reader import lessons
from detector.lab.training.reader.lessons import LENGTH, UNLABELLED, Lessons, load_lessons, piece_labels, windows_of
from detector.lab.training.reader.stories import KEPT_APART, kept_apart
from features.document import Document
from features.reader.word_pieces import BEGIN, END, PAD, UNKNOWN, WordPieces

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PIECES = WordPieces((PAD, UNKNOWN, BEGIN, END, *LETTERS, *(f"##{x}" for x in LETTERS), *".,’"))
SPINNER = ThesaurusSpinner(from_table({"talk": ["discussion"], "board": ["committee", "panel"]}), inflect=True)
STORIES = [f"The board of town {name} held its talks. " * 30 for name in ("alpha", "beta", "gamma", "delta")]


def stream(seed: int = 0) -> Lessons:
    """Four stories and one spinner."""
    return Lessons(STORIES, ["A learner wrote this. " * 30], {"table": SPINNER}, {}, PIECES, seed)


def test_labels_stand_on_the_first_pieces_of_what_was_put() -> None:
    """Words inside a change are 1, other words 0, and pieces inside a word and stops have no label."""
    text = "He mentioned that, so."
    labels = piece_labels(Document(text), [Change(3, 12, "said")], PIECES.encode(text).starts)
    words = {"He": 0, "mentioned": 1, "that": 0, "so": 0}
    wanted = [label for word, first in words.items() for label in (first, *[UNLABELLED] * (len(word) - 1))]
    at = wanted.index(0, 11) + len("that")
    assert labels.tolist() == [*wanted[:at], UNLABELLED, *wanted[at:], UNLABELLED]


def test_a_phrase_that_was_put_is_labelled_as_a_whole() -> None:
    """Each word of a phrase that stands for one word was put there."""
    text = "the well being of"
    labels = piece_labels(Document(text), [Change(4, 14, "health")], PIECES.encode(text).starts)
    assert labels[labels != UNLABELLED].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("length", [1, 5, LENGTH - 2, LENGTH - 1, 3 * LENGTH])
def test_windows_cover_the_text(length: int) -> None:
    """Every piece stands in a window between begin and end, and only short texts are filled up."""
    ids, labels = windows_of("a " * length, (), PIECES)
    assert ids.shape == labels.shape
    assert ids.shape[1] == LENGTH
    assert (ids[:, 0] == PIECES[BEGIN]).all()
    assert ((ids == PIECES[END]).sum(axis=1) == 1).all()
    assert (labels == 0).sum() >= length
    assert (ids[:, 1:-1] == PIECES["a"]).sum() == (labels == 0).sum()
    assert (labels[ids != PIECES["a"]] == UNLABELLED).all()


def test_a_chunk_depends_on_seed_and_number_alone() -> None:
    """So a run that was stopped sees the very lessons that would have come next."""
    one, again = stream().chunk(3), stream().chunk(3)
    assert np.array_equal(one.ids, again.ids)
    assert np.array_equal(one.labels, again.labels)
    other_chunk, other_seed = stream().chunk(4), stream(1).chunk(3)
    assert not np.array_equal(one.labels[: len(other_chunk.labels)], other_chunk.labels[: len(one.labels)])
    assert not np.array_equal(one.labels[: len(other_seed.labels)], other_seed.labels[: len(one.labels)])


def test_no_story_returns_before_all_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lap reads each story once, and the next lap rewrites it anew."""
    monkeypatch.setattr(lessons, "OTHER", 0.0)
    read: list[str] = []

    def cut(text: str, words: int, rng: random.Random) -> str:
        read.append(text)
        return text

    monkeypatch.setattr(lessons, "cut", cut)
    made = [stream()._story(index) for index in range(3 * len(STORIES))]
    for lap in range(3):
        assert sorted(read[lap * len(STORIES) : (lap + 1) * len(STORIES)]) == sorted(STORIES)
    assert len({each.ids.tobytes() for each in made}) > len(STORIES)


def test_learners_are_never_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other human copy is read as it is."""
    monkeypatch.setattr(lessons, "OTHER", 1.0)
    assert not (stream().chunk(0).labels == 1).any()


def test_stories_are_loaded_by_who_wrote_them(tmp_path: Path) -> None:
    """One line a story says whether it may be rewritten."""
    path = tmp_path / "stories.jsonl"
    rows = [{"text": "A reporter’s.", "reporter": True}, {"text": "A learner’s.", "reporter": False}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    loaded = load_lessons(path, {"table": SPINNER}, {}, PIECES, 0)
    assert (loaded.reporters, loaded.others) == (["A reporter’s."], ["A learner’s."])


def test_about_one_group_in_ten_is_kept_apart() -> None:
    """By a hash of its own, so the share holds inside every role."""
    share = np.mean([kept_apart(f"group {number}") for number in range(2000)])
    assert share == pytest.approx(1 / KEPT_APART, abs=0.02)
    assert kept_apart("one") == kept_apart("one")


def test_held_out_roles_teach_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No story of the roles ``calibrate`` and ``test``, none kept apart, and none that shares text with one of these."""
    from detector.lab.training.reader import stories as chosen

    def story(number: int, role: str, text: str | None = None) -> Story:
        rng = random.Random(number)
        words = text or " ".join("".join(rng.choices(LETTERS, k=7)) for _ in range(200))
        return Story(f"s{number}", words, "human", f"group {number}", role, "bbc2005", {})

    fit = [story(number, "fit") for number in range(40)]
    test = story(100, "test")
    copied = story(101, "reference", test.text + " and a few words more")
    given = [*fit, test, story(102, "calibrate"), copied, story(103, "reference")]
    (tmp_path / "bbc2005.jsonl.xz").touch()
    monkeypatch.setattr(chosen, "stories", lambda _, name: iter(given if name == "bbc2005" else ()))
    chosen.write_stories(tmp_path, tmp_path / "out.jsonl", jobs=1, progress=lambda _: None)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = {s.text for s in fit if not kept_apart(s.group)} | {given[-1].text}
    assert len(wanted) < len(fit) + 1
    assert {row["text"] for row in rows} == wanted
