"""``python -m detector.lab.training.reader DATA --out DIR``."""

import argparse
import sys
import time
from pathlib import Path

from detector.errors import UnspinError
from detector.extras import require


def main(arguments: list[str] | None = None) -> int:
    """Train the reader until stopped."""
    parser = argparse.ArgumentParser(description="Train the reader. Stop it at any moment; the same command goes on.")
    parser.add_argument("data", type=Path, metavar="DATA", help="folder with human copy")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="checkpoints, kept weights and log")
    parser.add_argument("--until", type=int, metavar="PIECES", help="stop after so many pieces")
    parser.add_argument("--decay", type=int, metavar="STEPS", help="let the rate fall to nothing, then stop")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of the network (default 1)")
    parser.add_argument("--leave-out", action="append", default=[], metavar="FAMILY", help="a family not to learn from")
    parser.add_argument("--begin-with", type=Path, metavar="WEIGHTS", help="weights that another run has kept")
    parser.add_argument(
        "--export", type=Path, metavar="FOLDER", help="write a reader from the run so far, train nothing"
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes every lesson")
    given = parser.parse_args(arguments)
    try:
        require("reader-train", "Training the reader")
        from detector.lab.training.reader.command import export_reader, train_reader

        if given.export is not None:
            export_reader(given.out, given.export, progress=_note)
            return 0
        train_reader(
            given.data,
            given.out,
            seed=given.seed,
            leave_out=frozenset(given.leave_out),
            begin_with=given.begin_with,
            threads=given.threads,
            until=given.until,
            decay=given.decay,
            progress=_note,
        )
    except UnspinError as error:
        _note(str(error))
        return 2
    return 0


def _note(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
