"""The reader keeps the contract of every feature, reads long texts in overlapping windows, and survives a damaged file."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.contract import check_additions, faults
from features.document import Document
from features.reader import Reader
from features.reader.network import FILE, Floats, Ids, Linear, Network
from features.reader.reader import LENGTH, MARK, OVERLAP

CLEAN = "The harbour board agreed on Tuesday to widen the channel, officials said. “We have waited,” said Mara Quill."
LONG = " ".join(f"The board told town {number} that an harbour was stated." for number in range(80))
AWKWARD = (
    *(CLEAN, LONG, LONG.upper(), CLEAN.replace(" ", "\r\n"), CLEAN.replace(" ", " \u200b"), CLEAN.replace("a", "а")),
    *("stated", "x" * 5000, "... !!! ——", "\ud800 stated \udfff", "日本語の文章です。", "🙂 🙂", "\x00\x01 board"),
)
anything = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([*CLEAN.split(), "\n", "🙂", "\u200b", "[SEP]", "“", "1,000"]), max_size=200).map(
        " ".join
    ),
)


@pytest.mark.parametrize("text", [*AWKWARD, "", " \n\t "])
def test_contract_holds_for_any_kind_of_text(reader: Reader, text: str) -> None:
    """Declared columns within range or NaN, marks inside the text, and the same answer twice."""
    assert faults(reader, text) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_contract_holds_for_random_text(reader: Reader, text: str) -> None:
    """No text makes the reader raise or break its contract."""
    assert faults(reader, text) == []


def test_it_may_stand_beside_other_features(reader: Reader) -> None:
    """Its name and columns are well formed."""
    assert check_additions([reader], []) == (reader,)
    assert len({column.name for column in reader.columns}) == len(reader.columns)
    assert all(column.name.isidentifier() and column.meaning.endswith(".") for column in reader.columns)
    assert type(reader).__module__.rpartition(".")[2] == reader.name


def test_nothing_to_read_is_not_measured(reader: Reader) -> None:
    """A text without words gives NaN and no marks."""
    measured = reader.measure(Document("... !!!"))
    assert all(math.isnan(value) for value in measured.values.values())
    assert not measured.evidence


def test_marks_are_words_in_order_with_their_probability(reader: Reader) -> None:
    """Each mark is one word of the text, and weighs what the network gives it."""
    document = Document(LONG)
    odds = reader.log_odds(document)
    marks = reader.measure(document).evidence
    probable = [
        (span, 1 / (1 + math.exp(-value)))
        for span, value in zip(document.words, odds.tolist(), strict=True)
        if 1 / (1 + math.exp(-value)) >= MARK
    ]
    assert 0 < len(marks) < len(document.words)
    assert [mark.span for mark in marks] == [span for span, _ in probable]
    assert [mark.weight for mark in marks] == pytest.approx([p for _, p in probable], abs=1e-4)


def test_a_word_that_recurs_counts_once(network: Network) -> None:
    """An article's subject is one word: the columns do not grow with how often it stands there."""
    # A head without weights gives every word the same log-odds.
    head = Linear(np.zeros_like(network.head.weight), np.array([1.0], np.float32))
    even = Reader(replace(network, head=head))
    once, often = (even.measure(Document(text)).values for text in ("board said", "board " * 50 + "said"))
    assert once == pytest.approx(often)
    assert once["reader_mean_log_odds"] == pytest.approx(1.0)
    assert once["reader_over_50_per_1000_words"] == 1000.0


@pytest.mark.parametrize("words", [1, OVERLAP, *range(LENGTH - 4, LENGTH + 2), 221, 222, 223, 330, 999])
def test_every_piece_is_read_once_and_whole(reader: Reader, words: int) -> None:
    """The windows cover a text of any length, and each piece is judged far from the ends of its window."""
    ids = np.arange(words, dtype=np.int32) % 30 + 4
    windows, begins = reader._windows(ids)
    body = windows.shape[1] - 2
    assert body <= LENGTH - 2
    assert (begins[0], begins[-1] + body) == (0, words)
    assert all(body - OVERLAP - len(begins) < step <= body - OVERLAP for step in np.diff(begins).tolist())
    for window, begin in zip(windows, begins, strict=True):
        assert window[1:-1].tolist() == ids[begin : begin + body].tolist()
    assert len(reader._of_pieces(ids)) == words


def test_a_long_row_of_marks_is_read_in_part(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing, and reading 20,000 marks would take seconds."""
    seen: list[int] = []
    log_odds = Network.log_odds

    def counted(network: Network, windows: Ids) -> Floats:
        seen.append(windows.size)
        return log_odds(network, windows)

    monkeypatch.setattr(Network, "log_odds", counted)
    document = Document(CLEAN + "!" * 20_000 + " It ended.")
    assert len(reader.log_odds(document)) == len(document.words)
    assert sum(seen) < 3 * LENGTH


def test_a_window_says_the_same_alone_and_among_others(reader: Reader) -> None:
    """What fills a short window up plays no part, nor do the windows beside it."""
    ids = reader.network.pieces.encode(LONG).ids
    windows, _ = reader._windows(ids)
    alone = reader.network.log_odds(windows[1:2])
    assert np.allclose(alone[0], reader.network.log_odds(windows)[1], atol=1e-4)
    short = windows[:1, :40]
    filled = np.pad(short, ((0, 0), (0, 60)))
    assert np.allclose(reader.network.log_odds(short)[0], reader.network.log_odds(filled)[0, :40], atol=1e-4)


def test_saved_and_loaded_it_says_nearly_the_same(reader: Reader, tmp_path: Path) -> None:
    """Weights of 8 bits move the log-odds by little, and loading again moves them no further."""
    reader.network.save(tmp_path)
    loaded = Reader.load(tmp_path)
    document = Document(LONG)
    assert np.corrcoef(reader.log_odds(document), loaded.log_odds(document))[0, 1] > 0.99
    loaded.network.save(tmp_path)
    assert np.allclose(Reader.load(tmp_path).log_odds(document), loaded.log_odds(document), atol=1e-3)


def test_a_damaged_file_is_told_in_one_sentence(reader: Reader, tmp_path: Path) -> None:
    """Cut short, of another format, or with parts that do not fit: one sentence that names the file."""
    reader.network.save(tmp_path)
    path = tmp_path / FILE
    whole = path.read_bytes()
    with np.load(path) as arrays:
        parts = dict(arrays)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"reader\.npz is damaged"):
        Reader.load(tmp_path)
    wrong = {
        "sizes": np.array([99, 2, 2], np.int32),
        "places": parts["places"][:, :-1],
        "embeddings": parts["embeddings"][:-1],
        "head_weight": parts["head_weight"][:-1],
        "0_outer_bias": parts["0_outer_bias"][:-1],
    }
    for name, value in wrong.items():
        np.savez(path, **{**parts, name: value})
        with pytest.raises(ValueError, match=r"reader\.npz is damaged"):
            Reader.load(tmp_path)
    path.unlink()
    with pytest.raises(OSError, match="reader"):
        Reader.load(tmp_path)
