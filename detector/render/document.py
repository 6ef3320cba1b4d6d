"""The page around a report: no script, nothing loaded from anywhere, and a policy that stands behind both."""

from importlib.resources import files

from detector.render.markup import esc

# The first line of every page; the command overwrites no file that lacks it.
GENERATOR = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="generator" content="unspin">'
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def document(title: str, style: str, body: str) -> str:
    """One self-contained page that can be mailed, printed and opened without a network.

    Parameters
    ----------
    title : str
        As text; it is escaped here.
    style, body : str
        CSS and HTML, as they stand in the page.
    """
    return (
        f"{GENERATOR}\n"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="robots" content="noindex">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{esc(title)}</title>\n"
        f"<style>\n{style}</style>\n"
        f"</head>\n<body>\n{body}</body>\n</html>\n"
    )


def look() -> str:
    """The CSS of every report."""
    return files("detector.render").joinpath("page.css").read_text(encoding="utf-8")
