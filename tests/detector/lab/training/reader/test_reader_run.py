"""A run of the reader learns, and goes on after a stop as if it had never been stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from detector.errors import DataError, UnspinError
from detector.lab.training.reader import network as networks
from detector.lab.training.reader.export import export, load_weights
from detector.lab.training.reader.lessons import LENGTH, UNLABELLED, Windows
from detector.lab.training.reader.network import Network, Shape, forward, random_network
from detector.lab.training.reader.run import CHECKPOINT, Settings, State, chunks, keep, train
from features.reader.word_pieces import BEGIN, END, PAD, UNKNOWN

VOCABULARY = (PAD, UNKNOWN, BEGIN, END, *(f"word{i}" for i in range(26)))
SETTINGS = Settings(rate=1e-2, warm_up=3, batch=4, save_every=0.0, keep_every=10**9)
BATCHES = 3


def network() -> Network:
    """Two layers that have learnt nothing."""
    return random_network(Shape(width=16, heads=2, inner=32, layers=2), len(VOCABULARY), LENGTH, seed=0)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """More threads would add up in another order, and the last bit would differ."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Toy:
    """Lessons in which the words of the upper half of the vocabulary were put there."""

    def chunk(self, number: int) -> Windows:
        """Random words, by number."""
        rng = np.random.default_rng(number)
        ids = rng.integers(4, len(VOCABULARY), (BATCHES * SETTINGS.batch + 1, LENGTH)).astype(np.int32)
        ids[:, -20:] = 0
        labels = np.where(ids >= 17, 1, 0).astype(np.int8)
        labels[ids == 0] = UNLABELLED
        return Windows(ids, labels)


def toy(first: int) -> Iterator[Windows]:
    """Chunks without a worker."""
    lessons = Toy()
    while True:
        yield lessons.chunk(first)
        first += 1


def silent(_: str) -> None:
    """No progress."""


def pieces(steps: int) -> int:
    """Pieces of so many steps."""
    return steps * SETTINGS.batch * (LENGTH - 20)


def flat(state: State) -> list[bytes]:
    """Everything that a checkpoint holds, to the last bit."""
    return [part.numpy().tobytes() for part in (state.weights, state.first, state.second, state.average)]


def test_it_learns(tmp_path: Path) -> None:
    """The loss falls far below that of a guess, and the averaged weights have learnt it, too."""
    net = network()
    state = train(net, tmp_path, toy, settings=SETTINGS, until=pieces(150), progress=silent)
    assert state.position.loss < 0.5
    (kept,) = tmp_path.glob("reader-*.safetensors")
    lesson = Toy().chunk(999)
    logits = forward(net, load_weights(kept, net), torch.from_numpy(lesson.ids).long())
    asked = lesson.labels != UNLABELLED
    assert np.mean((logits.numpy() > 0)[asked] == (lesson.labels == 1)[asked]) > 0.9


@pytest.mark.parametrize("stop", [1, 2, 3, 4, 7])
def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(tmp_path: Path, stop: int) -> None:
    """In the middle of a chunk or at its end: the same weights, moments, average and position, to the last bit."""
    whole = train(network(), tmp_path / "whole", toy, settings=SETTINGS, until=pieces(8), progress=silent)
    train(network(), tmp_path / "parts", toy, settings=SETTINGS, until=pieces(stop), progress=silent)
    parts = train(network(), tmp_path / "parts", toy, settings=SETTINGS, until=pieces(8), progress=silent)
    assert parts.position == whole.position
    assert flat(parts) == flat(whole)


_KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import test_reader_run as this
from detector.lab.training.reader.run import chunks, train
if __name__ == "__main__":
    this.torch.set_num_threads(1)
    train(this.network(), Path({folder!r}), lambda first: chunks(this.Toy, (), first), settings=this.SETTINGS,
          progress=lambda line: print(line, flush=True))
"""


def test_a_killed_run_goes_on_and_its_worker_ends(tmp_path: Path) -> None:
    """``kill -9`` at any moment leaves a whole checkpoint, from which the run gives what it would have given."""
    script = tmp_path / "killed.py"
    folder = tmp_path / "run"
    script.write_text(_KILLED.format(here=str(Path(__file__).parent), folder=str(folder)), encoding="utf-8")
    started = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=_environment())
    assert started.stdout is not None
    try:
        started.stdout.readline()
        while not (folder / CHECKPOINT).is_file() and started.poll() is None:
            pass
        workers = _children(started.pid)
    finally:
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        started.stdout.close()
    saved = State.load(folder / CHECKPOINT, network())
    assert saved.position.step > 0
    until = saved.position.pieces + pieces(4)
    went_on = train(network(), folder, toy, settings=SETTINGS, until=until, progress=silent)
    whole = train(network(), tmp_path / "whole", toy, settings=SETTINGS, until=until, progress=silent)
    assert went_on.position == whole.position
    assert flat(went_on) == flat(whole)
    for worker in workers:
        _wait_for_end(worker)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text(encoding="utf-8").split()] if found.is_file() else []


def _wait_for_end(pid: int) -> None:
    """Return when a process is gone; the limit of the whole test run is the only clock."""
    import time

    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)


def test_a_worker_gives_the_chunks_in_order() -> None:
    """The process beside the run makes what the run would have made."""
    stream = chunks(Toy, (), 5)
    for number in (5, 6, 7):
        assert np.array_equal(next(stream).ids, Toy().chunk(number).ids)
    stream.close()


def broken() -> Toy:
    """Lessons that cannot be made."""
    raise DataError("no stories here")


def test_a_worker_that_fails_ends_the_run() -> None:
    """The run does not wait for ever."""
    with pytest.raises(DataError, match="worker"):
        next(chunks(broken, (), 0))


def test_a_decay_ends_a_run(tmp_path: Path) -> None:
    """From the checkpoint on the rate falls to nothing; a stop in the middle changes nothing."""
    train(network(), tmp_path, toy, settings=SETTINGS, until=pieces(5), progress=silent)
    half = train(network(), tmp_path, toy, settings=SETTINGS, until=pieces(7), decay=4, progress=silent)
    assert half.position.step == 7
    done = train(network(), tmp_path, toy, settings=SETTINGS, decay=99, progress=silent)
    assert (done.position.step, done.position.decay_from, done.position.decay_steps) == (9, 5, 4)
    again = train(network(), tmp_path, toy, settings=SETTINGS, progress=silent)
    assert flat(again) == flat(done)


def test_a_file_that_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    """Damaged, or of a network of another size: one sentence that says what to do."""
    path = tmp_path / CHECKPOINT
    path.write_bytes(b"nonsense")
    with pytest.raises(DataError, match="no checkpoint"):
        train(network(), tmp_path, toy, settings=SETTINGS, progress=silent)
    other = random_network(Shape(width=8, heads=2, inner=8, layers=1), len(VOCABULARY), LENGTH, seed=0)
    State.begin(other).save(path)
    with pytest.raises(DataError, match="another size"):
        train(network(), tmp_path, toy, settings=SETTINGS, progress=silent)
    with pytest.raises(DataError, match="no weights"):
        load_weights(tmp_path / "missing.safetensors", network())
    kept = keep(State.begin(other), other, tmp_path)
    with pytest.raises(DataError, match="no weights"):
        load_weights(kept, network())


def test_what_is_exported_says_what_was_trained(tmp_path: Path) -> None:
    """Weights of 8 bits in NumPy agree with the trained network: correlation over .999 and nearly the same log-odds."""
    net = network()
    state = train(net, tmp_path, toy, settings=SETTINGS, until=pieces(20), progress=silent)
    weights = load_weights(keep(state, net, tmp_path), net)
    exported = export(net, weights, VOCABULARY, range(len(VOCABULARY)), tmp_path / "folder")
    ids = Toy().chunk(0).ids
    wanted = forward(net, weights, torch.from_numpy(ids).long()).numpy()[ids != 0]
    found = exported.log_odds(ids)[ids != 0]
    assert np.corrcoef(wanted, found)[0, 1] > 0.999
    assert np.abs(wanted - found).max() < 0.1 * np.abs(wanted).max()


def test_a_missing_pretrained_network_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that names the extra."""
    monkeypatch.setattr(networks, "PRETRAINED", "no_such_package")
    with pytest.raises(UnspinError, match="Training the reader needs no_such_package"):
        networks.pretrained_folder()
