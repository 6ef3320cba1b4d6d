"""Renders HTML from Jinja2 templates. All inserted text is escaped, with hidden characters made visible.

The templates are in ``detector/render/templates``. jinja2 is imported for the first page, so that terminal reports do
not wait for it.
"""

from functools import cache
from typing import TYPE_CHECKING

from detector.render import words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def render(template: str, /, **context: object) -> "Markup":
    """Render a template as HTML that other templates insert unchanged.

    >>> print(render("document.html", title="<b>", opening="", policy="", style="", body=""))
    <BLANKLINE>
    ...
    <title>&lt;b&gt;</title>
    ...
    """
    from markupsafe import Markup

    # Markup is safe here: the environment escaped all inserted text.
    return Markup(_environment().get_template(template).render(context))  # noqa: S704


def prepare() -> None:
    """Compile every template now, so that the first page is fast."""
    for name in _environment().list_templates():
        _environment().get_template(name)


def percent(share: float) -> str:
    """Returns a share, clipped to 0 to 1, as a length for CSS or SVG.

    >>> [percent(share) for share in (0.5, 1.2, 0.00001)]
    ['50%', '100%', '0.001%']
    """
    return f"{100 * min(1.0, max(0.0, share)):.4g}%"


def isolated(text: str) -> "Markup":
    """Returns untrusted text for use in a sentence. Its writing direction cannot change the sentence around it.

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
    """Returns HTML unchanged, and text and numbers with hidden characters made visible."""
    return value if hasattr(value, "__html__") else words.visible(str(value), keep="\n\t")
