"""Pairs of general English: what is read of the package's language model, and sentences where that cannot be."""

import sys
from importlib import resources

import pytest

from detector.errors import DataError
from detector.lab.training.general_english import Pairs, general_pairs, read_pairs

WORDS = ("the", "prime", "minister", "said", "of", "felt", "depressed", "zzyzx")


def by_words(pairs: Pairs) -> dict[tuple[str, str], float]:
    """Probabilities by the words themselves."""
    return {
        (WORDS[a], WORDS[b]): p
        for a, b, p in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.p.tolist(), strict=True)
    }


def test_the_model_of_the_package_knows_english() -> None:
    """Its pairs are read in their order, with natural probabilities; a word that it lacks is in none."""
    pytest.importorskip("pocketsphinx")
    p = by_words(general_pairs({word: i for i, word in enumerate(WORDS)}))
    assert p["prime", "minister"] > 0.1 > p["of", "the"] * p["the", "prime"]
    assert ("minister", "prime") not in p
    # As the package's own program writes it in ARPA's format: -3.5126.
    assert p["felt", "depressed"] == pytest.approx(10**-3.5126, rel=1e-3)
    assert sum(value for (first, _), value in p.items() if first == "the") < 1.0
    assert not any("zzyzx" in pair for pair in p)


def test_a_vocabulary_without_its_words_has_no_pairs() -> None:
    """Nothing is no error."""
    pytest.importorskip("pocketsphinx")
    assert general_pairs({"zzyzx": 3}).p.size == 0


def test_without_the_package_a_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training says what to install."""
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(DataError, match="install the package pocketsphinx"):
        general_pairs({})


def test_another_file_is_refused() -> None:
    """A file of another kind, or one that is cut short, is no model."""
    pytest.importorskip("pocketsphinx")
    data = (resources.files("pocketsphinx") / "model" / "en-us" / "en-us.lm.bin").read_bytes()
    for bad in (b"", b"\\data\\\nngram 1=3\n", data[:10_000], data[:5_000_000]):
        with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words where it is cut short
            read_pairs(bad, {"the": 3})


def test_a_file_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training says which version to install."""
    pytest.importorskip("pocketsphinx")

    def broken(*_: object) -> Pairs:
        raise ValueError

    monkeypatch.setattr("detector.lab.training.general_english.read_pairs", broken)
    with pytest.raises(DataError, match="cannot be read"):
        general_pairs({})
