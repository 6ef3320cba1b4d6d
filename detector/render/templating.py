"""HTML from Jinja2 templates: whatever a template inserts is escaped, with hidden characters made visible.

The templates lie in ``detector/render/templates``. jinja2 is imported at the first page, so the terminal never waits.
"""

from functools import cache
from typing import TYPE_CHECKING

from detector.render import words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def render(template: str, /, **context: object) -> "Markup":
    """The template with its context, as HTML that other templates insert unchanged.

    >>> print(render("document.html", title="<b>", opening="", policy="", style="", body=""))
    <BLANKLINE>
    ...
    <title>&lt;b&gt;</title>
    ...
    """
    from markupsafe import Markup

    # Markup is safe here: the environment escaped everything that the template inserted.
    return Markup(_environment().get_template(template).render(context))  # noqa: S704


def prepare() -> None:
    """Compile every template, so that none waits at the first page."""
    for name in _environment().list_templates():
        _environment().get_template(name)


def percent(share: float) -> str:
    """A share, held between 0 and 1, as a length of CSS or SVG.

    >>> [percent(share) for share in (0.5, 1.2, 0.00001)]
    ['50%', '100%', '0.001%']
    """
    return f"{100 * min(1.0, max(0.0, share)):.4g}%"


def isolated(text: str) -> "Markup":
    """A stranger's words for use within our sentence: their writing direction cannot change ours.

    >>> isolated(" a  <b>")
    Markup('<bdi>a &lt;b&gt;</bdi>')
    """
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(words.visible(words.squeeze(text)))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("detector.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"isolated": isolated, "percent": percent, "squeeze": words.squeeze, "number": "{:,}".format}
    environment.globals["say"] = words
    return environment


def _shown(value: object) -> object:
    """What a template inserts: HTML as it is, text and numbers with hidden characters made visible."""
    return value if hasattr(value, "__html__") else words.visible(str(value), keep="\n\t")
