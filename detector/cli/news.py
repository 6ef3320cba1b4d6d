"""Options of ``unspin audit`` that tell a desk what is new, and the work behind them."""

import os
import shutil
from dataclasses import dataclass
from email.utils import getaddresses
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from detector.cli.notes import tell
from detector.cli.options import FailOn
from detector.cli.result_file import refuse_result, result_file
from detector.errors import UnspinError

if TYPE_CHECKING:
    from detector.audit.delivery import Channel
    from detector.audit.news import Counts, News
    from detector.audit.outbox import Message
    from detector.audit.place import Place


class Form(StrEnum):
    """The forms of a message to a web address."""

    JSON = "json"
    SLACK = "slack"
    TEAMS = "teams"


Notify = Annotated[
    str | None,
    typer.Option(
        "--notify",
        metavar="URL",
        envvar="UNSPIN_NOTIFY",
        help="After the audit, post the new articles with the label of --fail-on to this address. The message holds facts "
        "and no article text. Keep a secret address in the variable UNSPIN_NOTIFY.",
    ),
]
NotifyFormat = Annotated[
    Form | None,
    typer.Option("--notify-format", help="What the address takes. Default: slack or teams for their hosts, else json."),
]
NotifyText = Annotated[
    bool,
    typer.Option(
        "--notify-text", help="Also put marked words of each article into the message, with their likely originals."
    ),
]
Mail = Annotated[
    str | None,
    typer.Option(
        "--mail",
        metavar="WHERE",
        help="Write the same message as a mail to a file or into a folder, or send it with sendmail to addresses "
        "(a@example.org,b@example.org).",
    ),
]


def channels(url: str | None, form: Form | None, mail: str | None) -> "list[Channel]":
    """Returns where messages go. Raises UnspinError before the audit for what cannot work."""
    found: list[Channel] = []
    if form is not None and url is None:
        raise UnspinError("--notify-format says what an address takes: add --notify URL, or leave it out.")
    if url is not None:
        found.append(_webhook(url, form))
    if mail is not None:
        found.append(_mail(mail))
    return found


def _webhook(url: str, form: Form | None) -> "Channel":
    from detector.audit.delivery import Webhook
    from detector.audit.messages import FORMS, form_of
    from detector.extras import require

    require("audit", "--notify")
    try:
        parts = urlsplit(url)
        valid = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable() and (parts.port or 1) > 0
        )
    except ValueError:
        valid = False
    if not valid:
        raise UnspinError("--notify takes a whole web address, which begins with https:// or http://.")
    name = form_of(url) if form is None else form.value
    return Webhook(url, FORMS[name], repeats=name == "json")


def _mail(where: str) -> "Channel":
    from detector.audit.delivery import Sendmail
    from detector.audit.messages import MARK, as_mail

    addresses = tuple(address for _, address in getaddresses([where]))
    if "@" not in where or "/" in where or Path(where).exists():
        path = Path(where)
        if not path.is_dir():
            refuse_result(path, None, lambda head, _: head.startswith(MARK), not_ours="not a mail")
        return _MailFile(path)
    if not all("@" in address and address.isprintable() and not address.startswith("-") for address in addresses):
        raise UnspinError("--mail: one of the addresses is none. Write them as a@example.org,b@example.org.")
    program = shutil.which("sendmail", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib")))
    if program is None:
        raise UnspinError(
            "--mail: there is no sendmail on this machine. Name a file or a folder, and send it from there."
        )
    return Sendmail(program, addresses, partial(as_mail, addresses=addresses))


@dataclass(frozen=True)
class _MailFile:
    """A file, which each message replaces, or a folder, to which each message is added."""

    path: Path
    repeats: bool = True

    @property
    def name(self) -> str:
        """The path."""
        return f"mail {self.path.resolve()}"

    def write(self, news: "News") -> str:
        """Return the mail."""
        from detector.audit.messages import as_mail

        return as_mail(news)

    def send(self, message: "Message") -> None:
        """Write the file. A repetition replaces it by the same one."""
        from detector.audit.delivery import DeliveryError

        path = self.path / f"{message.key}.eml" if self.path.is_dir() else self.path
        try:
            with result_file(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(message.body)
        except UnspinError as error:
            raise DeliveryError(str(error)) from error


@dataclass(frozen=True)
class Desk:
    """Whom to tell what is new.

    Parameters
    ----------
    fail_on : FailOn
        The lowest label to tell of; ``spun`` for ``never``, which is about the exit code.
    wordings : bool
        Whether to tell the marked words of articles.
    """

    store: "Place"
    channels: "list[Channel]"
    fail_on: FailOn
    wordings: bool

    def begin(self) -> None:
        """Before the audit: a channel in its first run hears nothing of what the store already holds."""
        if self.channels:
            from detector.audit.outbox import Outbox
            from detector.audit.store import Store

            with Store.open(self.store) as store:
                for channel in self.channels:
                    Outbox(store, channel.name).begin()

    def tell(self, run: "Counts", *, quiet: bool) -> bool:
        """After the audit: send what is new. Returns False, and says why, if that failed."""
        if not self.channels:
            return True
        from detector.audit.delivery import deliver
        from detector.audit.news import news
        from detector.audit.store import Store

        labels = ("suspect", "spun") if self.fail_on is FailOn.SUSPECT else ("spun",)
        fine = True
        with Store.open(self.store) as store:
            for channel in self.channels:
                compose = partial(news, store, run=run, wordings=self.wordings)
                sent, wrong = deliver(store, channel, labels, compose)
                for sentence in wrong:
                    tell(sentence)
                fine = fine and not wrong
                if sent is not None and not quiet:
                    tell(f"{channel.name.partition(' ')[0]}: told the desk of {sent.title}.")
        return fine
