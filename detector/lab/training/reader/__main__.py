"""``python -m detector.lab.training.reader DATA --out DIR``."""

import argparse
import sys
import time
from pathlib import Path

from detector.errors import UnspinError


def main(arguments: list[str] | None = None) -> int:
    """Train the reader until stopped."""
    parser = argparse.ArgumentParser(description="Train the reader. Stop it at any moment; the same command goes on.")
    parser.add_argument("data", type=Path, metavar="DATA", help="folder with human copy")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="checkpoints, kept weights and log")
    parser.add_argument("--until", type=int, metavar="PIECES", help="stop after so many pieces")
    parser.add_argument("--decay", type=int, metavar="STEPS", help="let the rate fall to nothing, then stop")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of the network (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="fixes every lesson")
    given = parser.parse_args(arguments)
    try:
        from detector.lab.training.reader.command import train_reader

        train_reader(
            given.data,
            given.out,
            seed=given.seed,
            threads=given.threads,
            until=given.until,
            decay=given.decay,
            progress=lambda line: print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True),
        )
    except UnspinError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
