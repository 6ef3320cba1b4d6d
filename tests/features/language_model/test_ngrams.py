"""The n-gram model: lookups over small tables made by hand, sentence boundaries, names, and refused formats."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from features.document import Document
from features.language_model.ngrams import (
    BOUNDARY,
    FORMAT,
    HEADER,
    NAME,
    SPECIAL,
    STEPS,
    UNKNOWN,
    HashTable,
    NgramModel,
    embedded,
    fingerprints_and_buckets,
    hash_ngrams,
    plain_forms,
)

WORDS = (*SPECIAL, "the", "mayor", "said", "stated", ".")
THE, MAYOR, SAID, STATED, STOP = range(3, 8)


def ids(*values: int) -> NDArray[np.int32]:
    """Vocabulary ids."""
    return np.array(values, np.int32)


def table(entries: dict[tuple[int, ...], int], values: NDArray[np.uint8] | NDArray[np.uint16]) -> HashTable:
    """A hash table laid by hand: each entry in the first free slot of its first bucket."""
    buckets = len(values) // 4
    keys = np.zeros(buckets, np.uint64)
    filled = [0] * buckets
    for ngram, value in entries.items():
        fingerprint, first, _ = fingerprints_and_buckets(hash_ngrams(*(ids(i) for i in ngram)), buckets)
        bucket, lane = int(first[0]), filled[int(first[0])]
        assert lane < 4
        keys[bucket] |= fingerprint[0] << np.uint64(16 * lane)
        values[4 * bucket + lane] = value
        filled[bucket] += 1
    return HashTable(keys, values)


def small() -> NgramModel:
    """“the mayor said”: two seen pairs, one seen trigram; everything else backs off."""
    return NgramModel(
        WORDS,
        np.array([np.full(len(WORDS), -4.0), np.full(len(WORDS), -0.5)], np.float32),
        np.array([5, 5, 10, 40, 30, 30, 2, 20], np.uint32),
        table({(THE, MAYOR): 16 | (32 << 8), (MAYOR, SAID): 8 | (16 << 8)}, np.zeros(256, np.uint16)),
        table({(THE, MAYOR, SAID): 4}, np.zeros(256, np.uint8)),
    )


def save(model: NgramModel, folder: Path) -> None:
    """The files that the reader expects."""
    for name, hashed in (("bigram", model.bigrams), ("trigram", model.trigrams)):
        np.save(folder / f"{name}_keys.npy", hashed.keys)
        np.save(folder / f"{name}_values.npy", hashed.values)
    np.save(folder / "unigrams.npy", model.unigrams)
    np.save(folder / "counts.npy", model.counts)
    (folder / "vocabulary.txt").write_text("".join(f"{w}\n" for w in model.words), encoding="utf-8")
    (folder / HEADER).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")


def test_seen_trigrams_have_their_own_value_and_others_back_off() -> None:
    """A seen trigram is read; an unseen one pays its context's weight, then the pair, then the word alone."""
    model = small()
    got = model.log_p(ids(THE, THE, STATED), ids(MAYOR, MAYOR, MAYOR), ids(SAID, STATED, SAID))
    assert got.tolist() == [-4 / STEPS, -32 / STEPS - 0.5 - 4.0, -8 / STEPS]


def test_shape_is_kept() -> None:
    """Arrays of any one shape are scored elementwise."""
    grid = np.full((2, 3), THE, np.int32)
    assert small().log_p(grid, grid, grid).shape == (2, 3)


def test_looked_up_pairs_give_the_same() -> None:
    """A caller who has looked the pairs up already gets what the plain call gives."""
    model = small()
    a, b, c = (x.ravel().astype(np.int32) for x in np.meshgrid(*[np.arange(len(WORDS))] * 3))
    shared = model.log_p_of(
        hash_ngrams(a, b, c),
        model.bigrams.find(hash_ngrams(a, b)),
        model.bigrams.find(hash_ngrams(b, c)),
        b,
        c,
    )
    assert shared == pytest.approx(model.log_p(a, b, c))


def test_second_bucket_is_searched() -> None:
    """An entry that lives in its second bucket is found there."""
    hashes = hash_ngrams(ids(THE), ids(SAID))
    fingerprint, first, second = fingerprints_and_buckets(hashes, 64)
    assert first[0] != second[0]
    keys = np.zeros(64, np.uint64)
    keys[second] = fingerprint << np.uint64(48)
    found = HashTable(keys, np.zeros(256, np.uint8)).find(hashes)
    assert found.tolist() == [4 * second[0] + 3]


def test_sentences_begin_with_the_boundary() -> None:
    """Each sentence is led by the boundary, two follow the end, and positions point past them."""
    encoded = small().encode(Document("The mayor said. The mayor stated."))
    assert encoded.stream.tolist() == [
        BOUNDARY, THE, MAYOR, SAID, STOP, BOUNDARY, THE, MAYOR, STATED, STOP, BOUNDARY, BOUNDARY
    ]  # fmt: skip
    assert encoded.stream[encoded.position].tolist() == encoded.ids.tolist()
    assert encoded.forms == plain_forms(Document("The mayor said. The mayor stated."))


def test_capitals_tell_names_from_unknown_words() -> None:
    """A word that the vocabulary lacks is a name if it has a capital; a known one is itself in any case."""
    encoded = small().encode(Document("The mayor Delacroix flummoxed SAID"))
    assert encoded.ids.tolist() == [THE, MAYOR, NAME, UNKNOWN, SAID]


def test_unknown_words_are_told_apart_by_their_form() -> None:
    """Each has a number of its own that no known word has, whatever its capitals; known words keep their ids."""
    encoded = small().encode(Document("The mayor Delacroix flummoxed Dupont, delacroix said."))
    kinds = encoded.kinds.tolist()
    assert [kinds[i] for i, form in enumerate(encoded.forms) if form == "delacroix"] == [kinds[2]] * 2
    known = [i for i, own in enumerate(encoded.ids.tolist()) if own > NAME]
    assert [kinds[i] for i in known] == [encoded.ids[i] for i in known]
    assert len(set(kinds)) == len(set(encoded.forms))
    assert max(kinds[2:5]) < UNKNOWN
    assert small().encode(Document("The mayor said")).kinds.tolist() == [THE, MAYOR, SAID]


def test_unknown_words_have_no_count_of_their_own() -> None:
    """What all of them together have is no count of any; the boundary and known words keep theirs."""
    model = embedded()
    assert model.counts[[UNKNOWN, NAME]].min() > 0
    assert model.own_counts[[UNKNOWN, NAME]].tolist() == [0, 0]
    assert (model.own_counts[BOUNDARY:] == model.counts[BOUNDARY:]).all()


def test_nothing_is_encoded_as_boundaries() -> None:
    """An empty document has no ids."""
    encoded = small().encode(Document(""))
    assert encoded.ids.size == 0
    assert set(encoded.stream.tolist()) == {BOUNDARY}


def test_knows() -> None:
    """Words are known in any case."""
    assert small().knows("Mayor")
    assert not small().knows("governor")


def test_capitals_that_grow_do_not_shift_tokens() -> None:
    """The dotted capital I becomes two code points in lower case; the tokens after it stay what they are."""
    assert plain_forms(Document("İzmir Talks"))[-1] == "talks"


def test_tables_on_disk_say_the_same(tmp_path: Path) -> None:
    """What is read back scores as what was saved."""
    model = small()
    save(model, tmp_path)
    again = NgramModel.load(tmp_path)
    row = (ids(THE, THE), ids(MAYOR, THE), ids(SAID, THE))
    assert again.log_p(*row).tolist() == model.log_p(*row).tolist()
    assert tuple(again.words) == WORDS
    assert again.total == model.total


def test_another_format_is_refused(tmp_path: Path) -> None:
    """Tables of another format are refused with what to do."""
    save(small(), tmp_path)
    (tmp_path / HEADER).write_text('{"format": "unspin n-grams 0"}', encoding="utf-8")
    with pytest.raises(ValueError, match="is not in the format"):
        NgramModel.load(tmp_path)


@pytest.mark.parametrize("name", ["vocabulary.txt", "bigram_values.npy"])
def test_sizes_that_do_not_fit_are_refused(tmp_path: Path, name: str) -> None:
    """A vocabulary of another size or a cut table is refused."""
    save(small(), tmp_path)
    if name.endswith("txt"):
        (tmp_path / name).write_text("one\n", encoding="utf-8")
    else:
        np.save(tmp_path / name, np.zeros(3, np.uint16))
    with pytest.raises(ValueError, match="do not fit together"):
        NgramModel.load(tmp_path)
