"""The whole stage: a run begins with its lessons fixed, is resumed with the same, and is exported."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from detector.classifier import SYNONYMS
from detector.errors import DataError
from detector.lab.spinners import ThesaurusSpinner, from_table
from detector.lab.spinners.families import Family
from detector.lab.training.reader import command
from detector.lab.training.reader.command import RUN, STORIES, Run, begun, build_lessons, export_reader, train_reader
from detector.lab.training.reader.lessons import LENGTH, Lessons, Windows
from detector.lab.training.reader.near_pieces import NAME as NEAR
from detector.lab.training.reader.near_pieces import near_pieces
from detector.lab.training.reader.network import Network, Shape, random_network
from detector.lab.training.reader.run import CHECKPOINT, State, keep
from features.document import Document
from features.reader import Reader
from features.reader.word_pieces import BEGIN, END, PAD, UNKNOWN

LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = (PAD, UNKNOWN, BEGIN, END, *LETTERS, *(f"##{x}" for x in LETTERS), ".", "talks", "rare")
TEXT = "The board held talks. " * 20


def tiny_network() -> Network:
    """One layer that has learnt nothing."""
    return random_network(Shape(width=8, heads=2, inner=8, layers=1), len(VOCABULARY), LENGTH, seed=0)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small network for the pretrained one, and one small spinner for the families."""
    spinners = {"table": ThesaurusSpinner(from_table({"talk": ["discussion"]}), inflect=True)}
    monkeypatch.setattr(command, "pretrained_vocabulary", lambda: VOCABULARY)
    monkeypatch.setattr(command, "pretrained_network", tiny_network)
    monkeypatch.setattr(command, "families", lambda _: spinners)
    monkeypatch.setattr(command, "family", lambda name: Family(name, SYNONYMS, ""))
    monkeypatch.setattr(
        command, "trained_spinners", lambda _, out=frozenset(): {n: s for n, s in spinners.items() if n not in out}
    )
    # Without the worker's process, which would not know of all this.
    monkeypatch.setattr(command, "chunks", lambda build, arguments, first: _chunks(build(*arguments), first))


def _chunks(lessons: Lessons, first: int) -> Iterator[Windows]:
    while True:
        yield lessons.chunk(first)
        first += 1


def stories(folder: Path) -> None:
    """The stories, as if chosen."""
    folder.mkdir()
    (folder / STORIES).write_text(json.dumps({"text": TEXT, "reporter": True}) + "\n", encoding="utf-8")


def test_a_run_is_trained_resumed_and_exported(tmp_path: Path) -> None:
    """From stories to a folder that the feature loads."""
    out = tmp_path / "run"
    told: list[str] = []
    stories(out)
    first = train_reader(tmp_path, out, until=2000, progress=told.append)
    assert "families: near-pieces, table" in told[0]
    second = train_reader(tmp_path, out, until=4000, progress=told.append)
    assert second.position.step > first.position.step
    export_reader(out, tmp_path / "reader", least=1, progress=told.append)
    reader = Reader.load(tmp_path / "reader")
    # `rare` never occurs, so its letters stand for it.
    assert set(reader.network.pieces.vocabulary) == set(VOCABULARY) - {"rare"}
    assert not torch.isnan(torch.from_numpy(reader.log_odds(Document("A rare talks.")))).any()


def test_a_run_can_begin_with_what_another_has_kept(tmp_path: Path) -> None:
    """A later stage with other lessons need not begin with the pretrained weights; a resumed run keeps its own."""
    first, second = tmp_path / "first", tmp_path / "second"
    stories(first)
    stories(second)
    train_reader(tmp_path, first, until=4000, progress=lambda _: None)
    (kept,) = first.glob("reader-*.safetensors")
    begun_with = train_reader(tmp_path, second, until=0, begin_with=kept, progress=lambda _: None)
    average = State.load(first / CHECKPOINT, tiny_network()).average
    assert torch.equal(begun_with.weights, average)
    went_on = train_reader(tmp_path, second, until=2000, begin_with=kept, progress=lambda _: None)
    assert not torch.equal(went_on.weights, average)


def test_an_export_can_keep_every_piece(tmp_path: Path) -> None:
    """The vocabulary is pruned on demand."""
    out = tmp_path / "run"
    stories(out)
    network = tiny_network()
    with pytest.raises(DataError, match="no weights of a reader yet"):
        export_reader(out, tmp_path / "reader")
    keep(State.begin(network), network, out)
    export_reader(out, tmp_path / "reader", least=0, progress=lambda _: None)
    assert Reader.load(tmp_path / "reader").network.pieces.vocabulary == VOCABULARY


def test_the_lessons_of_a_run_stay_what_they_were(tmp_path: Path) -> None:
    """Another seed, or a family left out later, would change what was promised: a run refuses both."""
    assert begun(tmp_path, tmp_path, 0, frozenset()) == Run(0, (NEAR, "table"))
    assert begun(tmp_path, tmp_path, 0, frozenset({"another"})) == Run(0, (NEAR, "table"))
    for seed, leave_out in ((1, frozenset[str]()), (0, frozenset({"table"}))):
        with pytest.raises(DataError, match="other lessons"):
            begun(tmp_path, tmp_path, seed, leave_out)
    (tmp_path / RUN).write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        begun(tmp_path, tmp_path, 0, frozenset())


def test_a_family_can_be_left_out(tmp_path: Path) -> None:
    """For figures of rewriters that the reader never met; but not all of them."""
    with pytest.raises(DataError, match="No family is left"):
        begun(tmp_path, tmp_path, 0, frozenset({"table", NEAR}))
    assert not (tmp_path / RUN).exists()
    assert begun(tmp_path, tmp_path, 0, frozenset({NEAR})) == Run(0, ("table",))


def test_a_family_that_is_gone_is_told(tmp_path: Path) -> None:
    """A run cannot go on without what it learns from."""
    with pytest.raises(DataError, match="needs the family lost"):
        build_lessons(tmp_path, tmp_path / STORIES, Run(0, ("lost", "table")))


def test_near_pieces_are_near() -> None:
    """The neighbours of a word are whole words that lie near it, the nearest first, and never itself."""
    vocabulary = ("[PAD]", "##said", "said", "told", "ran", "run", "x")
    table = np.array([[1, 1], [0, 0], [1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9], [1, 0]], np.float32)
    near = near_pieces(vocabulary, table).near
    assert set(near) == {"said", "told", "ran", "run"}
    assert {word: others[0] for word, others in near.items()} == {
        "said": "told",
        "told": "said",
        "ran": "run",
        "run": "ran",
    }
    assert all(word not in others for word, others in near.items())


def test_near_pieces_spare_names() -> None:
    """A capital inside a sentence is a name; at its beginning it is not, and the swap keeps it."""
    spinner = near_pieces(("march", "walk", "board", "panel"), np.eye(4, 2, dtype=np.float32) + 0.1)
    spun = spinner.spin("March came. The board met in March.", random.Random(1), 1.0)
    changed = [spun.text[change.start : change.end] for change in spun.changes]
    assert len(changed) == 2
    assert changed[0][0].isupper()
    assert changed[1].islower()
    assert spun.text.endswith("in March.")
