"""Converts an executed notebook to a Markdown page with separate pictures."""

import base64
import html
import re
from typing import Any

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def as_page(notebook: Any, stem: str) -> tuple[str, dict[str, bytes]]:  # noqa: ANN401 - nbformat ships no types
    """Returns the page, and the content of each picture by its file name.

    Tables and reports keep their HTML, which their renderers escape. All other outputs are text.
    """
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            parts.append(_fence("python", cell.source))
            for output in cell.outputs:
                data = output.get("data", {})
                if "image/png" in data:
                    name = f"{stem}-{len(pictures) + 1}.png"
                    pictures[name] = base64.b64decode(data["image/png"])
                    parts.append(f"![{_told(cell.source)}]({name})")
                elif "text/html" in data:
                    parts.append(_fence("{raw} html", data["text/html"]))
                else:
                    parts.append(_fence("text", ESCAPES.sub("", output.get("text") or data.get("text/plain", ""))))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n", pictures


def _fence(language: str, inside: str) -> str:
    """Returns a fenced block whose fence is longer than any inside it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", inside)), default=0))
    return f"{ticks}{language}\n{inside.rstrip()}\n{ticks}"


def _told(source: str) -> str:
    """Returns the call that drew a picture, as its alternative text."""
    calls = re.findall(r"plots\.(\w+)", source)
    return html.escape((calls[-1] if calls else "figure").replace("_", " "))
