"""Word pieces: equal to the tokenizer that the pretrained network was made with, and places in the text as given."""

import random
import unicodedata

import pytest

from features.reader.word_pieces import BEGIN, END, LONGEST, PAD, UNKNOWN, WordPieces

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789.,;:!?'\"()[]-$%&/’“”—€")
VOCABULARY = (
    *(PAD, UNKNOWN, BEGIN, END),
    *LETTERS,
    *(f"##{letter}" for letter in LETTERS if letter.isalnum()),
    *("the", "talk", "##s", "##ed", "said", "minister", "zurich", "un", "##able", "agree", "##ment"),
)
WORDS = (
    *("the", "The", "talks", "agreed", "agreement", "unable", "Zürich", "ZURICH", "naïve", "didn't", "didn’t", "U.S."),
    *("1,000", "€30", "$4.5m", "co-operate", "日本", "한국", "İstanbul", "ΑΣ", "ﬁre", "e\u0301", "🙂", "a\u200bb"),
    *("\u00ad", "\x00", "\x07", "\ufffd", "«quoted»", "(so)", "…", "x" * LONGEST, "x" * (LONGEST + 1), "¿qué?"),
)
SPACES = (" ", " ", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\u3000", "")


def texts(count: int) -> list[str]:
    """Texts of words and spaces that a tokenizer may trip over, and of any characters at all."""
    rng = random.Random(0)
    planes = [*range(0x20, 0x2FF), *range(0x370, 0x600), *range(0x2000, 0x2070), *range(0x4E00, 0x4E40)]
    assigned = [chr(code) for code in planes if unicodedata.category(chr(code)) != "Cn"]
    made = []
    for number in range(count):
        pool = assigned if number % 4 == 0 else WORDS
        made.append("".join(rng.choice(pool) + rng.choice(SPACES) for _ in range(rng.randrange(60))))
    return made


def test_pieces_are_those_of_the_tokenizers_library() -> None:
    """Two thousand texts give the same pieces at the same places."""
    tokenizers = pytest.importorskip("tokenizers", reason="the extra reader-train is not installed")
    rows = {piece: row for row, piece in enumerate(VOCABULARY)}
    theirs = tokenizers.Tokenizer(
        tokenizers.models.WordPiece(rows, unk_token=UNKNOWN, max_input_chars_per_word=LONGEST)
    )
    theirs.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    ours = WordPieces(VOCABULARY)
    for text in texts(2000):
        wanted = theirs.encode(text, add_special_tokens=False)
        found = ours.encode(text)
        assert found.ids.tolist() == wanted.ids, repr(text)
        assert found.starts.tolist() == [start for start, _ in wanted.offsets], repr(text)


def test_a_text_cannot_write_special_pieces() -> None:
    """An article that says `[SEP]` says four characters and more, and ends no window."""
    pieces = WordPieces(VOCABULARY)
    assert not {pieces[END], pieces[BEGIN], pieces[PAD]} & set(pieces.encode("[SEP] [CLS] [PAD]").ids.tolist())


def test_a_run_that_is_remembered_gives_the_same_again() -> None:
    """What is looked up a second time has the places of the second time."""
    pieces = WordPieces(VOCABULARY)
    once, twice = pieces.encode("talks"), pieces.encode("talks talks")
    assert twice.ids.tolist() == once.ids.tolist() * 2
    assert twice.starts.tolist() == [0, 4, 6, 10]


def test_no_text_no_pieces() -> None:
    """Neither nothing nor white space has pieces."""
    pieces = WordPieces(VOCABULARY)
    assert [len(pieces.encode(text).ids) for text in ("", "  \n\t ")] == [0, 0]
