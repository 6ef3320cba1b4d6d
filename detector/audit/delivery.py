"""Deliver messages: claim each attempt in the store, send, and note the outcome. Retry with longer and longer waits.

What is guaranteed: an article is in one message for a channel. A message whose sending failed is not lost; its articles
are in the next one. If a crash or a broken connection leaves it open whether a message arrived, nobody on this side can
know. A channel that recognises repetitions then gets the same message with the same key. Any other channel never gets it
again, and the caller hears of it.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from threading import Thread
from typing import Protocol
from urllib.parse import urlsplit

from detector.audit.news import News
from detector.audit.outbox import Message, New, Outbox
from detector.audit.store import Store
from detector.errors import UnspinError

WAITS = (1.0, 4.0, 16.0)
"""Seconds between attempts. ``Retry-After`` takes precedence up to :data:`LONGEST_WAIT`."""

LONGEST_WAIT = 60.0
_CONNECT_SECONDS, _ANSWER_SECONDS, _SENDMAIL_SECONDS = 10.0, 20.0, 60.0
# A receiver that answers byte by byte stays below the limit for each read.
_WHOLE_SECONDS = 40.0

# With these, the server says that it did not take the message, and that it may take it later.
_LATER = frozenset({408, 425, 429, 500, 503})
# With these, a machine in between says that it got no answer from the server.
_UNCLEAR = frozenset({502, 504})

LOST = "It is not sent again, because the receiver would not notice the repetition. Look in the report."


class DeliveryError(UnspinError):
    """An attempt that failed.

    Parameters
    ----------
    sentence : str
        What went wrong. It never holds the whole address, which may be a secret.
    again : bool
        Whether another attempt may succeed soon.
    unclear : bool
        Whether the message may have arrived nevertheless.
    wait : float
        Seconds that the server asked to wait.
    """

    def __init__(self, sentence: str, *, again: bool = False, unclear: bool = False, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.again, self.unclear, self.wait = again, unclear, wait


class Channel(Protocol):
    """A way to send messages."""

    @property
    def name(self) -> str:
        """Identifies the channel in the store; no secret."""

    @property
    def repeats(self) -> bool:
        """Whether the receiver recognises a repeated message by its key."""

    def write(self, news: News) -> str:
        """Return the body of a message."""

    def send(self, message: Message) -> None:
        """Send a message once; raises DeliveryError if that fails or may have failed."""


def deliver(
    store: Store,
    channel: Channel,
    labels: Sequence[str],
    compose: Callable[[str, Sequence[New]], News],
    *,
    rest: Callable[[float], None] = time.sleep,
) -> tuple[News | None, list[str]]:
    """Send what is new to a channel. Returns the news that was sent, and what went wrong in sentences.

    Parameters
    ----------
    labels : sequence of str
        The labels to tell of, besides proven rewrites.
    compose : callable
        Takes the key of a message and its articles.
    """
    box, wrong, made = Outbox(store, channel.name), list[str](), list[News]()

    def body(key: str, new: Sequence[New]) -> str:
        made.append(compose(key, new))
        return channel.write(made[0])

    for message in box.open():
        if message.claimed is None:
            box.drop(message)
        elif not channel.repeats:
            box.settle(message, "unknown")
            wrong.append(
                f"an earlier message may not have arrived, because unspin was stopped while sending it. {LOST}"
            )
        elif failure := _send(box, channel, message, rest):
            return None, [failure]
    new = box.make(labels, body)
    if new is None:
        return None, wrong
    failure = _send(box, channel, new, rest)
    return (None, [*wrong, failure]) if failure else (made[0], wrong)


def _send(box: Outbox, channel: Channel, message: Message, rest: Callable[[float], None]) -> str:
    """Try to send a message several times. Returns what went wrong in a sentence; "" if it was sent."""
    unclear = message.claimed is not None
    for wait in (*WAITS, None):
        claimed = box.claim(message)
        if claimed is None:
            return "another audit sends what is new to the same receiver."
        message = claimed
        try:
            channel.send(message)
        except DeliveryError as error:
            unclear = unclear or error.unclear
            if unclear and not channel.repeats:
                box.settle(message, "unknown")
                return f"{error} The message may have arrived. {LOST}"
            if not unclear:
                message = box.release(message)
            if wait is None or not error.again or error.wait > LONGEST_WAIT:
                if not unclear:
                    box.drop(message)
                return f"{error} What is new will be in the message of the next run."
            rest(max(wait, error.wait))
        else:
            box.settle(message, "sent")
            return ""
    return ""


@dataclass(frozen=True)
class Webhook:
    """A web address that takes messages as JSON by POST.

    Parameters
    ----------
    url : str
        The address. It may hold a secret, so no message names more than its host.
    dialect : callable
        Turns news into JSON.
    repeats : bool
        Whether the receiver is asked to recognise repetitions by the header ``Idempotency-Key``.
    """

    url: str
    dialect: Callable[[News], str]
    repeats: bool

    @property
    def name(self) -> str:
        """A hash of the address."""
        return f"webhook {sha256(self.url.encode()).hexdigest()[:16]}"

    def write(self, news: News) -> str:
        """Return the JSON."""
        return self.dialect(news)

    def send(self, message: Message) -> None:
        """Post the message. Proxies are those of the environment; redirects are not followed."""
        site = f"the address of --notify at {urlsplit(self.url).hostname}"
        failed: list[BaseException] = []

        def post() -> None:
            try:
                self._post(message, site)
            except BaseException as error:  # noqa: BLE001 - raised below, in the thread of the caller
                failed.append(error)

        # Python does not wait for a daemon thread when it ends.
        sending = Thread(target=post, daemon=True)
        sending.start()
        sending.join(_WHOLE_SECONDS)
        if sending.is_alive():
            raise DeliveryError(f"{site} did not answer in time.", again=True, unclear=True)
        if failed:
            raise failed[0]

    def _post(self, message: Message, site: str) -> None:
        import requests
        from urllib3.exceptions import MaxRetryError

        try:
            with requests.post(
                self.url,
                data=message.body.encode(),
                headers={"Content-Type": "application/json", "User-Agent": "unspin", "Idempotency-Key": message.key},
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,  # the answer's body does not matter
            ) as answer:
                _refuse(site, answer.status_code, answer.headers.get("Retry-After", ""))
        except requests.RequestException as error:
            # The text of the error may hold the whole address.
            if error.args and isinstance(error.args[0], MaxRetryError):
                raise DeliveryError(f"{site} cannot be reached ({_cause(error)}).", again=True) from None
            sent = isinstance(error, requests.ConnectionError | requests.Timeout)
            said = "broke off" if sent else f"cannot be used ({_cause(error)})"
            said = "did not answer in time" if isinstance(error, requests.ReadTimeout) else said
            raise DeliveryError(f"{site} {said}.", again=sent, unclear=sent) from None


def _cause(error: Exception) -> str:
    return type(error).__name__.removesuffix("Error").removesuffix("Exception").lower()


def _refuse(site: str, status: int, after: str) -> None:
    """Raise for every status that does not say that the message was taken."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise DeliveryError(
            f"{site} redirects elsewhere ({status}), which unspin does not follow: name the address where it leads."
        )
    wait = float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0.0
    again = status in _LATER or status in _UNCLEAR
    raise DeliveryError(
        f"{site} did not take the message (status {status}).", again=again, unclear=status in _UNCLEAR, wait=wait
    )


@dataclass(frozen=True)
class Sendmail:
    """The program ``sendmail``, which every mail server on Unix brings.

    Parameters
    ----------
    program : str
        Its path.
    mail : callable
        Turns news into the text of a mail.
    """

    program: str
    addresses: tuple[str, ...]
    mail: Callable[[News], str]
    repeats: bool = False

    @property
    def name(self) -> str:
        """The addresses."""
        return f"mail {','.join(self.addresses)}"

    def write(self, news: News) -> str:
        """Return the mail."""
        return self.mail(news)

    def send(self, message: Message) -> None:
        """Hand the mail over."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the addresses are checked and stand behind --
                [self.program, "-i", "--", *self.addresses],
                input=message.body.encode(),
                capture_output=True,
                timeout=_SENDMAIL_SECONDS,
                check=False,
            )
        except OSError as error:
            raise DeliveryError(f"{self.program} cannot be run ({error.strerror}).") from None
        except subprocess.TimeoutExpired:
            raise DeliveryError(f"{self.program} did not end in time.", unclear=True) from None
        if done.returncode:
            # 75 means "temporary failure". Some programs keep the mail then and send it later. Below 0: a signal ended it.
            unclear = done.returncode == 75 or done.returncode < 0
            raise DeliveryError(f"{self.program} failed (exit code {done.returncode}).", unclear=unclear)
