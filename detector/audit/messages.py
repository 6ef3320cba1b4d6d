"""News as JSON for any receiver, as cards of Slack and Teams, and as a mail with text and HTML.

Titles and names are untrusted. In the cards they stand in elements that show text literally, so that they can neither
format the card nor call anybody by name.
"""

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from detector.audit.news import News, Story
from detector.audit.report.page import is_web
from detector.render.data import dump
from detector.render.document import document
from detector.render.templating import render

MARK = b"X-Unspin-News:"
"""The beginning of every mail; the command overwrites no file that lacks it."""

_MOST_IN_CARD = 20
_LONGEST_LINK = 500
"""Teams takes cards up to 28 KB."""

_STYLE = "body{font:16px/1.45 sans-serif;max-width:44em;margin:1em}li{margin:.7em 0}small{color:#555}"


_HOSTS = {
    "slack": (".slack.com", ".slack-gov.com"),
    "teams": (".office.com", ".logic.azure.com", ".powerplatform.com"),
}


def form_of(url: str) -> str:
    """The form that the receiver at an address takes, as a key of :data:`FORMS`.

    >>> form_of("https://hooks.slack.com/services/T/B/x"), form_of("https://example.org/slack.com")
    ('slack', 'json')
    """
    host = f".{urlsplit(url).hostname or ''}"
    return next((form for form, ends in _HOSTS.items() if host.endswith(ends)), "json")


def as_json(news: News) -> str:
    """The news in the schema ``unspin.news/1``, described in docs/desk.md."""
    return dump(news.as_dict(), indent=None)


def as_slack(news: News) -> str:
    """The body for an incoming webhook of Slack."""

    def literal(text: str, **style: bool) -> dict[str, Any]:
        return {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}

    def name(story: Story) -> dict[str, Any]:
        return {"type": "link", "url": link, "text": story.name} if (link := _link(story)) else literal(story.name)

    sections = [
        {"type": "rich_text_section", "elements": [name(story), *(literal(f"\n{line}") for line in story.lines)]}
        for story in news.stories[:_MOST_IN_CARD]
    ]
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "plain_text", "text": news.title}}]
    blocks += [{"type": "rich_text", "elements": [section]} for section in sections]
    blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": line} for line in _after(news)]})
    return dump({"text": news.title, "blocks": blocks}, indent=None)


def as_teams(news: News) -> str:
    """The body for a webhook of Teams: an adaptive card."""

    def run(text: str, **more: object) -> dict[str, Any]:
        return {"type": "TextRun", "text": text, **more}

    def name(story: Story) -> dict[str, Any]:
        link = _link(story)
        action = {"selectAction": {"type": "Action.OpenUrl", "url": link}} if link else {}
        return run(story.name, weight="Bolder", **action)

    body: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": news.title, "weight": "Bolder", "size": "Large", "wrap": True}
    ]
    for story in news.stories[:_MOST_IN_CARD]:
        body += [{"type": "RichTextBlock", "inlines": [name(story)]}]
        body += [{"type": "RichTextBlock", "inlines": [run(line)], "spacing": "None"} for line in story.lines]
    body += [{"type": "TextBlock", "text": line, "isSubtle": True, "wrap": True} for line in _after(news)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return dump({"type": "message", "attachments": [{"contentType": kind, "content": card}]}, indent=None)


FORMS: dict[str, Callable[[News], str]] = {"json": as_json, "slack": as_slack, "teams": as_teams}
"""The forms of a message to a web address."""


def as_mail(news: News, addresses: Sequence[str] = ()) -> str:
    """A mail with text and HTML. It names no sender: the program that sends it knows."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit", linesep="\n"))
    mail["X-Unspin-News"] = news.id
    mail["X-Unsent"] = "1"  # mail programs open the file as a draft
    mail["Subject"] = f"unspin: {news.title}"
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{news.id}@unspin.invalid>"
    if addresses:
        mail["To"] = ", ".join(addresses)
    told = [f"{news.title}.", ""]
    for story in news.stories:
        told += [story.name, *(f"  {line}" for line in story.lines), *([f"  {story.url}"] if story.url else []), ""]
    mail.set_content("\n".join([*told, *_after(news, len(news.stories))]) + "\n")
    page = render("news.html", news=news, after=_after(news, len(news.stories)), is_web=is_web)
    mail.add_alternative(document(news.title, _STYLE, page), subtype="html")
    return mail.as_string()


def _link(story: Story) -> str:
    return story.url if is_web(story.url) and len(story.url) <= _LONGEST_LINK else ""


def _after(news: News, shown: int = _MOST_IN_CARD) -> list[str]:
    """The lines below the stories."""
    more = len(news.stories) + news.more - min(shown, len(news.stories))
    left = f"{more:,} more in the report of {news.store}." if more else f"The report of {news.store} shows them all."
    return [line for line in (left, news.caution, news.numbers) if line]
