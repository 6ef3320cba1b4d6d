"""Train the reader: a run that can be stopped at any moment and goes on where its last checkpoint lies.

The learning rate warms up and then stays, so a run needs no end that is fixed beforehand. What is used is the running
average of the weights (which makes up for the missing decay) or a short decay at the end, in a run of its own.
"""

import json
import math
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from detector.errors import DataError
from detector.lab.training.reader.lessons import UNLABELLED, Windows
from detector.lab.training.reader.network import Network, forward

CHECKPOINT = "checkpoint.safetensors"
"""What a run goes on from."""

_AVERAGE = 0.999
"""Share that the running average of the weights keeps at each step."""

_BETAS = (0.9, 0.999)
_SMALL = 1e-8
_LONGEST_STEP = 1.0
"""Norm over which a gradient is cut."""


@dataclass(frozen=True)
class Settings:
    """How a run learns.

    Parameters
    ----------
    rate : float
        Learning rate after the warm-up.
    warm_up : int
        Steps over which the rate rises from nothing.
    batch : int
        Windows of a step.
    weight_decay : float
        Of matrices; biases and norms are free.
    keep_every : int
        Pieces after which the averaged weights are kept for good.
    """

    rate: float = 3e-4
    warm_up: int = 100
    batch: int = 16
    weight_decay: float = 0.01
    save_every: float = 180.0
    keep_every: int = 500_000


@dataclass(frozen=True)
class Position:
    """How far a run is.

    Parameters
    ----------
    chunk, batch : int
        The next lesson: number of the chunk, and of the batch in it.
    pieces : int
        Pieces read, fill excluded.
    loss : float
        Running mean of the loss.
    decay_from, decay_steps : int
        Where the rate began to fall to nothing and over how many steps; 0 steps: it stays.
    """

    step: int = 0
    chunk: int = 0
    batch: int = 0
    pieces: int = 0
    loss: float = math.nan
    decay_from: int = 0
    decay_steps: int = 0


@dataclass
class State:
    """Everything that changes while a run learns; each tensor is flat and holds all trained weights."""

    position: Position
    weights: Tensor
    first: Tensor
    second: Tensor
    average: Tensor

    @classmethod
    def begin(cls, network: Network) -> "State":
        """Before the first step."""
        flat = torch.cat([weight.reshape(-1) for weight in network.trained.values()])
        return cls(Position(), flat.clone(), torch.zeros_like(flat), torch.zeros_like(flat), flat.clone())

    @classmethod
    def load(cls, path: Path, network: Network) -> "State":
        """A checkpoint. Raises DataError if the file is no checkpoint of such a network."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "pt") as file:
                position = Position(**json.loads(file.metadata()["position"]))
                parts = {name: file.get_tensor(name) for name in ("weights", "first", "second", "average")}
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path} is no checkpoint of a reader: delete it to begin anew.") from error
        if len(parts["weights"]) != sum(weight.numel() for weight in network.trained.values()):
            raise DataError(f"{path} belongs to a network of another size: name another folder.")
        return cls(position, **parts)

    def save(self, path: Path) -> None:
        """Write a checkpoint; one that is there stays whole until the new one is."""
        parts = {"weights": self.weights, "first": self.first, "second": self.second, "average": self.average}
        _write(parts, {"position": json.dumps(asdict(self.position))}, path)


def _write(parts: Mapping[str, Tensor], metadata: dict[str, str], path: Path) -> None:
    from safetensors.torch import save_file

    part = path.with_suffix(".part")
    save_file(dict(parts), part, metadata)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(path)


def named(flat: Tensor, network: Network) -> dict[str, Tensor]:
    """The weights by name, as views into the flat tensor."""
    sizes = [weight.numel() for weight in network.trained.values()]
    parts = flat.split(sizes)
    return {name: part.view(w.shape) for (name, w), part in zip(network.trained.items(), parts, strict=True)}


def rate_at(position: Position, settings: Settings) -> float:
    """Learning rate of the next step, as a share of the highest.

    >>> settings = Settings(warm_up=100)
    >>> rate_at(Position(step=49), settings), rate_at(Position(step=5000), settings)
    (0.5, 1.0)
    >>> rate_at(Position(step=5050, decay_from=5000, decay_steps=100), settings)
    0.5
    """
    rate = min(1.0, (position.step + 1) / settings.warm_up)
    if position.decay_steps:
        rate *= max(0.0, 1.0 - (position.step - position.decay_from) / position.decay_steps)
    return rate


class Learner:
    """One network in training."""

    def __init__(self, network: Network, state: State, settings: Settings) -> None:
        self.network, self.state, self.settings = network, state, settings
        matrices = {n: torch.full_like(w, float(w.dim() > 1)) for n, w in network.trained.items()}
        self._decay = settings.weight_decay * torch.cat([part.reshape(-1) for part in matrices.values()])

    def step(self, lesson: Windows) -> float:
        """Learn from one batch; gives its loss. The position counts the step and the pieces, not the lesson."""
        state = self.state
        ids, labels = torch.from_numpy(lesson.ids).long(), torch.from_numpy(lesson.labels)
        weights = state.weights.detach().requires_grad_()
        logits = forward(self.network, named(weights, self.network), ids)
        asked = labels != UNLABELLED
        loss = functional.binary_cross_entropy_with_logits(logits[asked], labels[asked].float())
        (gradient,) = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            gradient.mul_(min(1.0, _LONGEST_STEP / (float(gradient.norm()) + 1e-6)))
            self._update(gradient)
        value = float(loss.detach())
        old = state.position
        mean = value if math.isnan(old.loss) else 0.99 * old.loss + 0.01 * value
        state.position = replace(old, step=old.step + 1, pieces=old.pieces + int((ids != 0).sum()), loss=mean)
        return value

    def _update(self, gradient: Tensor) -> None:
        """AdamW, and the running average of the weights."""
        state, (one, two) = self.state, _BETAS
        rate = self.settings.rate * rate_at(state.position, self.settings)
        count = state.position.step + 1
        state.first.lerp_(gradient, 1 - one)
        state.second.mul_(two).addcmul_(gradient, gradient, value=1 - two)
        state.weights.addcmul_(self._decay, state.weights, value=-rate)
        spread = (state.second / (1 - two**count)).sqrt_().add_(_SMALL)
        state.weights.addcdiv_(state.first, spread, value=-rate / (1 - one**count))
        # A young average remembers about the last tenth of the steps: else it would hold on to weights that know nothing.
        state.average.lerp_(state.weights, max(1 - _AVERAGE, 10 / (count + 9)))


def _serve(questions: Connection, build: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """A worker: answers numbers with chunks until the run that started it is gone."""
    lessons = build(*arguments)
    try:
        while True:
            questions.send(lessons.chunk(questions.recv()))
    except (EOFError, OSError):
        return


def chunks(build: Callable[..., Any], arguments: tuple[Any, ...], first: int) -> Generator[Windows, None, None]:
    """Chunks from a worker that makes the next one while the last is learnt from.

    ``build(*arguments)`` gives the lessons; both go to the worker.
    """
    # A fresh process: a copy of this one would share the threads' locks, and the pipe's other end.
    context = get_context("spawn")
    here, there = context.Pipe()
    worker = context.Process(target=_serve, args=(there, build, arguments), daemon=True)
    worker.start()
    there.close()
    try:
        here.send(first)
        while True:
            try:
                chunk: Windows = here.recv()
            except (EOFError, OSError) as error:
                raise DataError("The worker that makes lessons has stopped; its message stands above.") from error
            first += 1
            here.send(first)
            yield chunk
    finally:
        here.close()
        worker.terminate()
        worker.join()


def train(
    network: Network,
    folder: Path,
    lessons: Callable[[int], Iterator[Windows]],
    *,
    settings: Settings = Settings(),
    until: int | None = None,
    decay: int | None = None,
    progress: Callable[[str], None] = print,
) -> State:
    """Learn until ``until`` pieces have been read, or until stopped; go on from the checkpoint in the folder.

    Parameters
    ----------
    network : Network
        Where a new run begins.
    folder : Path
        Checkpoints and kept weights.
    lessons : callable
        ``lessons(number)`` gives the chunks from that number on.
    until : int, optional
        Pieces after which to stop.
    decay : int, optional
        Let the rate fall to nothing over so many steps, then stop. A run that is decaying goes on with its decay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CHECKPOINT
    state = State.load(path, network) if path.is_file() else State.begin(network)
    if decay and not state.position.decay_steps:
        state.position = replace(state.position, decay_from=state.position.step, decay_steps=decay)
    learner = Learner(network, state, settings)
    progress(f"begin at step {state.position.step:,}, {state.position.pieces:,} pieces")
    saved = told = time.monotonic()
    told_pieces = state.position.pieces
    for chunk in lessons(state.position.chunk):
        number = state.position.chunk
        batches = len(chunk.ids) // settings.batch
        for at in range(state.position.batch, batches):
            if _finished(state.position, until):
                state.save(path)
                keep(state, network, folder)
                return state
            rows = slice(at * settings.batch, (at + 1) * settings.batch)
            before = state.position.pieces
            learner.step(Windows(chunk.ids[rows], chunk.labels[rows]))
            following = (number, at + 1) if at + 1 < batches else (number + 1, 0)
            state.position = replace(state.position, chunk=following[0], batch=following[1])
            now = time.monotonic()
            if state.position.pieces // settings.keep_every > before // settings.keep_every:
                keep(state, network, folder)
            if now - saved >= settings.save_every:
                state.save(path)
                saved = now
            if now - told >= 60:
                speed = (state.position.pieces - told_pieces) / (now - told)
                progress(_line(state.position, speed))
                told, told_pieces = now, state.position.pieces
        if not batches:
            state.position = replace(state.position, chunk=number + 1, batch=0)
    return state


def _finished(position: Position, until: int | None) -> bool:
    if position.decay_steps and position.step >= position.decay_from + position.decay_steps:
        return True
    return until is not None and position.pieces >= until


def _line(position: Position, speed: float) -> str:
    return (
        f"step {position.step:,}, {position.pieces:,} pieces, {speed:,.0f} a second, "
        f"loss {position.loss:.4f}, chunk {position.chunk}"
    )


def keep(state: State, network: Network, folder: Path) -> Path:
    """Write the averaged weights under a name with the pieces read, for measuring and for export."""
    path = folder / f"reader-{state.position.pieces // 1000:06d}k.safetensors"
    parts = {name: part.contiguous() for name, part in named(state.average, network).items()}
    _write(parts, {"position": json.dumps(asdict(state.position))}, path)
    return path
