"""The checks of every request (hosts, sites, tokens, rates) and the headers of every answer."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from detector.web.sessions import COOKIE

Server = Any
Serving = Callable[..., Server]
"""Starts a server; see conftest."""

TOKEN = "a-token-that-nobody-guesses"  # noqa: S105
JSON = {"Content-Type": "application/json"}
ARTICLE = json.dumps({"text": "Talks ended."})


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "", "a:b:c", "[::1", "127.0.0.1:x"]
)
def test_a_host_that_is_not_ours_is_refused(plain: Server, host: str) -> None:
    """A page whose host name points at this machine (DNS rebinding) gets nothing."""
    assert plain.ask("GET", "/healthz", headers={"Host": host}).kind == "bad-host"


def test_own_names_are_known(serving: Serving) -> None:
    """Loopback names with any port and the configured names are accepted."""
    server = serving(names=("News.example.org",), token=TOKEN)
    for host in ("localhost", "127.0.0.1:8300", "[::1]:9", "LOCALHOST:1", "news.example.org", "news.example.org:443"):
        assert server.ask("GET", "/healthz", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[bad"},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "chrome-extension://abc", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "moz-extension://abc"},
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(plain: Server, headers: dict[str, str]) -> None:
    """Another site's page cannot have an article checked."""
    assert plain.ask("POST", "/v1/check", ARTICLE, JSON | headers).kind == "other-site"


def test_the_own_page_and_programs_may_ask(plain: Server) -> None:
    """The server's own page and programs without an Origin header are accepted."""
    own = {"Origin": plain.address, "Sec-Fetch-Site": "same-origin"}
    for headers in ({}, own):
        assert plain.ask("POST", "/v1/check", ARTICLE, JSON | headers).status == 200


@pytest.mark.parametrize("origin", ["chrome-extension://abc", "moz-extension://abc"])
def test_an_extension_that_the_user_allowed_may_ask(plain: Server, locked: Server, origin: str) -> None:
    """It still needs the token, and no answer opens the server to pages of other sites."""
    headers = JSON | {"Origin": origin, "Sec-Fetch-Site": "none"}
    answer = plain.ask("POST", "/v1/check", ARTICLE, headers)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert locked.ask("POST", "/v1/check", ARTICLE, headers).kind == "no-token"


def test_another_site_may_link_but_neither_embed_nor_read(plain: Server) -> None:
    """A link from another site opens the page, but its scripts and frames get nothing."""
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert plain.ask("GET", "/v1/model", headers=link).status == 200
    embed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert plain.ask("GET", "/v1/model", headers=embed).kind == "other-site"


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff", f"Bearer {TOKEN[:-1]}"],
)
def test_without_the_token_nothing_is_checked(locked: Server, shown: str) -> None:
    """A missing or wrong token gets 401 and a hint."""
    for method, path in (
        ("POST", "/v1/check"),
        ("GET", "/v1/model"),
        ("GET", "/metrics"),
        ("GET", "/page/settings"),
        ("GET", "/page/feed/x.css"),
    ):
        answer = locked.ask(method, path, ARTICLE, JSON | {"Authorization": shown.encode("latin-1")} if shown else JSON)
        assert answer.kind == "no-token"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_token_opens_and_health_needs_none(locked: Server) -> None:
    """The token opens everything. Health checks and the page's files need no token."""
    shown = {"Authorization": f"bearer {TOKEN}"}
    assert locked.ask("POST", "/v1/check", ARTICLE, JSON | shown).status == 200
    for path in ("/healthz", "/readyz", "/", "/page/icon.svg"):
        assert locked.ask("GET", path).status == 200


def test_a_session_stands_for_the_token(locked: Server) -> None:
    """The page sends the token once and gets a cookie that scripts and other sites cannot use."""
    assert locked.post("/page/session", {"token": "wrong"}).kind == "no-token"
    answer = locked.post("/page/session", {"token": TOKEN})
    assert answer.status == 204
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    value = cookie.partition(";")[0]
    assert locked.post("/v1/check", {"text": "Talks."}, Cookie=value).status == 200
    for forged in (value[:-1], f"{COOKIE}=9999999999.00", f"{COOKIE}=", f"{COOKIE}=x.y", f"{COOKIE}=\xb2.\xb2"):
        assert locked.post("/v1/check", {"text": "Talks."}, Cookie=forged).kind == "no-token"
    assert "Max-Age=0" in locked.ask("DELETE", "/page/session").headers["set-cookie"]


def test_a_session_behind_https_never_travels_without_it(serving: Serving) -> None:
    """If the proxy reports https, the cookie has the Secure attribute."""
    server = serving(token=TOKEN, proxies="127.0.0.1")
    answer = server.post("/page/session", {"token": TOKEN}, **{"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["set-cookie"].split("; ")
    plain = serving(token=TOKEN).post("/page/session", {"token": TOKEN}, **{"X-Forwarded-Proto": "https"})
    assert "Secure" not in plain.headers["set-cookie"].split("; ")


@pytest.mark.parametrize("name", ["Host", "Content-Type", "Authorization", "Origin", "X-Unspin-Source"])
def test_a_header_that_may_come_once_is_refused_twice(plain: Server, name: str) -> None:
    """Of two, a proxy and unspin might each trust a different one."""
    connection = plain.connect()
    connection.putrequest("POST", "/v1/check", skip_host=True)
    for header in ("Host", "Content-Type", name):
        connection.putheader(header, "127.0.0.1" if header == "Host" else "application/json")
    if name in {"Authorization", "Origin", "X-Unspin-Source"}:
        connection.putheader(name, "x")
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 400
    assert json.loads(answer.read())["type"] == "urn:unspin:problem:bad-request"
    connection.close()


def test_who_asks_too_often_is_told_when_to_come_again(serving: Serving) -> None:
    """Above the rate, the answer is 429 with Retry-After. Page files and health checks still work."""
    server = serving(rate=0.5, burst=3)
    answers = [server.post("/v1/check", {"text": "Talks."}) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].kind == "too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
    assert server.ask("GET", "/healthz").status == server.ask("GET", "/").status == 200


def test_each_client_behind_a_proxy_has_its_own_rate(serving: Serving) -> None:
    """X-Forwarded-For counts only from a trusted proxy."""

    def asked(server_of: Serving, proxies: str) -> list[int]:
        server = server_of(rate=0.01, burst=1, proxies=proxies)
        return [
            server.post("/v1/check", {"text": "Talks."}, **{"X-Forwarded-For": f"192.0.2.{n}"}).status for n in range(3)
        ]

    assert asked(serving, "127.0.0.1") == [200, 200, 200]
    assert asked(serving, "") == [200, 429, 429]


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(plain: Server) -> None:
    """Pages, data and problems all have the security headers, and none names the server."""
    for path in ("/", "/page/icon.svg", "/v1/model", "/metrics", "/nothing", "/openapi.json"):
        headers = plain.ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "server" not in headers
        assert ("script-src 'self'" in policy) == (path == "/")


def test_a_page_that_the_browser_kept_keeps_its_policy(plain: Server) -> None:
    """A 304 replaces the browser's stored headers, so it must repeat the page's policy."""
    first = plain.ask("GET", "/")
    again = plain.ask("GET", "/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_head_is_get_without_a_body(plain: Server) -> None:
    """Load balancers use HEAD."""
    answer = plain.ask("HEAD", "/healthz")
    assert (answer.status, answer.body) == (200, b"")


def test_a_method_that_is_not_taken_is_told_which_are(plain: Server) -> None:
    """The answer is 405 with Allow."""
    answer = plain.ask("PUT", "/v1/check", "x")
    assert answer.kind == "method-not-allowed"
    assert answer.headers["allow"] == "POST"


def test_the_log_holds_no_word_of_what_was_sent(plain: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The log never quotes articles, names, addresses, queries or headers, even after errors."""
    secret = "Zanzibar"  # noqa: S105 - a word to look for
    caplog.set_level(logging.DEBUG, "unspin.web")
    logging.getLogger("unspin.web").propagate = True
    plain.post("/v1/check", {"text": secret, "source": secret})
    plain.post("/v1/check", {"text": f"fault {secret}"})
    plain.post("/v1/check", {"text": f"die {secret}"})
    plain.post(f"/v1/check?source={secret}", {secret: secret})
    plain.ask("GET", f"/{secret}", headers={"User-Agent": secret, "Host": secret})
    plain.ask("GET", f"/page/{secret}.css")
    plain.ask("POST", "/v1/check", secret.encode() * 10, {"Content-Type": secret})
    said = caplog.text + plain.ask("GET", "/metrics").body.decode()
    assert "/v1/check 200" in said
    assert "a fault in a worker: ValueError" in said
    assert secret not in said
    assert "127.0.0.1" not in said


def test_too_many_requests_at_once_are_turned_away(serving: Serving) -> None:
    """The number of running requests is limited."""
    assert serving(requests=0).ask("GET", "/v1/model").kind == "busy"
