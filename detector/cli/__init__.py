"""The command ``unspin``. It reads arguments, prints results and returns an exit code. Other packages do the work.

To add a command: write it as a function in a module of this package, register it in :mod:`detector.cli.app`, and run
``python -m detector.cli.reference > docs/cli.md``. Shared options are in :mod:`detector.cli.options`. Import what the
command needs inside the function, so that ``unspin --help`` does not wait for NumPy.
"""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from detector.cli.exit import Exit
from detector.cli.head_start import head_start
from detector.cli.notes import Nowhere, tell, write
from detector.cli.stdout import Output, OutputError
from detector.errors import printable

__all__ = ["Exit", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. It never raises.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the command's name. By default, those of the process.
    """
    if sys.stderr is None:
        # If stderr is closed (`2>&-`), `print` would write notes to stdout, among the results.
        sys.stderr = Nowhere()
    with redirect_stdout(Output(sys.stdout)):
        try:
            code = _run(sys.argv[1:] if argv is None else list(argv))
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader closed the pipe. Buffered output must not fail again when Python exits.
            _discard_stdout()
            return Exit.BROKEN_PIPE
        except OutputError as error:
            _discard_stdout()
            tell(str(error))
            return Exit.FAILED
        except KeyboardInterrupt:
            tell("stopped.")
            return Exit.INTERRUPTED
        return code


def _run(arguments: list[str]) -> int:
    head_start(arguments)

    import typer
    from typer.main import get_command

    from detector.cli.app import app
    from detector.errors import UnspinError

    # Typer keeps Click's exceptions in a private module, but those it exports derive from them.
    usage_error: type[Exception] = typer.BadParameter.__mro__[2]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        # Not `command.main`: it turns a closed pipe and Ctrl-C into exit code 1, which here means "flagged".
        command = get_command(app)
        with command.make_context("unspin", arguments) as context:
            code = command.invoke(context)
        return Exit(code) if code is not None else Exit.NOTHING_FLAGGED
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort as stop:
        raise KeyboardInterrupt from stop
    except usage_error as error:
        said = io.StringIO()
        error.show(said)  # type: ignore[attr-defined]
        write("".join(f"{printable(line)}\n" for line in said.getvalue().splitlines()))
        return Exit.FAILED
    except UnspinError as error:
        tell(str(error))
        return Exit.FAILED
    except (BrokenPipeError, OutputError, KeyboardInterrupt):
        raise
    except Exception:  # noqa: BLE001 - Python would end with exit code 1, and a crash must not read as "flagged"
        import traceback

        write(traceback.format_exc())
        tell("this is an error in unspin, not in your text. Please report the lines above.")
        return Exit.FAILED


def _discard_stdout() -> None:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return  # not a real file: nothing is flushed at exit
