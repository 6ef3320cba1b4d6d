"""The WordPress plugin of docs/examples, in a real WordPress with a real MariaDB, against a real server.

On Debian: ``apt-get install wordpress php-cli php-mysql mariadb-server-core``. UNSPIN_WORDPRESS names another folder.
"""

import getpass
import html
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from detector.web.worker import main as real_worker

PLUGIN = Path(__file__).parents[3] / "docs" / "examples" / "wordpress" / "unspin.php"
TOKEN = "a-token-that-nobody-guesses"  # noqa: S105 - opens a test server only
PASSWORD = "only-in-this-test"  # noqa: S105 - of users in a database that the test makes
EVIL = "<img src=x onerror=alert(1)>"
CONFIG = """<?php
define( 'DB_NAME', 'wordpress' ); define( 'DB_USER', 'root' ); define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:%s' ); define( 'DB_CHARSET', 'utf8mb4' ); define( 'DB_COLLATE', '' );
foreach ( array( 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY' ) as $key ) {
	define( $key, $key ); define( str_replace( 'KEY', 'SALT', $key ), $key );
}
define( 'DISABLE_WP_CRON', true ); define( 'AUTOMATIC_UPDATER_DISABLED', true ); define( 'WP_DEBUG', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true ); define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1' );
define( 'WP_SITEURL', '%s' ); define( 'WP_HOME', WP_SITEURL );
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
"""
INSTALL = """
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';
wp_install( 'Example', 'editor', 'editor@example.org', false, '', '%s' );
wp_create_user( 'writer', '%s', 'writer@example.org' );
get_user_by( 'login', 'writer' )->set_role( 'contributor' );
activate_plugin( 'unspin.php' );
"""


class WordPress:
    """A WordPress on this machine."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self.address = address
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open

    def php(self, code: str) -> str:
        """Run code inside WordPress."""
        load = (
            f"define( 'WP_INSTALLING', {str('wp_install(' in code).lower()} ); require '{self._folder}/wp-load.php'; "
        )
        ran = subprocess.run(["php", "-r", load + code], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def ask(self, path: str, fields: Mapping[str, Any] | None = None) -> tuple[int, str]:
        """Returns status and page, after redirections."""
        address = path if path.startswith("http") else f"{self.address}/{path}"
        data = None if fields is None else urlencode(fields, doseq=True).encode()
        try:
            with self._open(address, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def log_in(self, user: str) -> None:
        """Log in, in place of whoever was."""
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        self.ask("wp-login.php")
        _, page = self.ask("wp-login.php", {"log": user, "pwd": PASSWORD, "testcookie": 1})
        assert "Dashboard" in page

    def post(self, title: str, text: str, author: str = "editor") -> int:
        """Write a post."""
        place = self._folder / "post.txt"
        place.write_text(text, encoding="utf-8")
        fields = (
            f"'post_title' => '{title}', 'post_content' => file_get_contents( '{place}' ), 'post_status' => 'pending'"
        )
        author = f"'post_author' => get_user_by( 'login', '{author}' )->ID"
        return int(self.php(f"kses_remove_filters(); echo wp_insert_post( array( {fields}, {author} ) );"))

    def row(self, post: int) -> str:
        """Returns the row of a post in the list of posts."""
        status, page = self.ask("wp-admin/edit.php?all_posts=1")
        assert status == 200
        assert "<b>Warning</b>" not in page
        assert "<b>Notice</b>" not in page
        found = re.search(rf'<tr id="post-{post}".*?</tr>', page, re.DOTALL)
        assert found
        return found[0]

    def button(self, post: int) -> str:
        """Returns the address of the row's button."""
        found = re.search(
            r"href='([^']+action=unspin_check[^']+)'|href=\"([^\"]+action=unspin_check[^\"]+)\"", self.row(post)
        )
        assert found
        return html.unescape(found[1] or found[2])


_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"


def _wait(ready: Callable[[], object]) -> None:
    for _ in range(300):
        try:
            ready()
        except (OSError, subprocess.CalledProcessError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("a server did not start")


@contextmanager
def _database(folder: Path, address: Path) -> Iterator[None]:
    me = f"--user={getpass.getuser()}"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    made = [
        "mariadb-install-db",
        f"--datadir={folder}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        me,
    ]
    subprocess.run(made, check=True, **quiet)
    command = [
        shutil.which("mariadbd", path=_PATH) or "",
        "--no-defaults",
        f"--datadir={folder}",
        f"--socket={address}",
    ]
    running = subprocess.Popen([*command, "--skip-networking", f"--pid-file={address}.pid", me], **quiet)
    try:
        client = ["mariadb", "--no-defaults", "--user=root", f"--socket={address}", "-e"]
        _wait(lambda: subprocess.run([*client, "CREATE DATABASE wordpress"], check=True, **quiet))
        yield
    finally:
        running.terminate()
        running.wait(60)


@pytest.fixture(scope="module")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """An installed WordPress with the plugin."""
    source = Path(os.environ.get("UNSPIN_WORDPRESS", "/usr/share/wordpress"))
    missing = [
        name for name in ("php", "mariadb", "mariadbd", "mariadb-install-db") if shutil.which(name, path=_PATH) is None
    ]
    if missing or not (source / "wp-load.php").is_file():
        pytest.skip(f"no WordPress to test the plugin in: {', '.join(missing) or source} was not found")
    folder = tmp_path_factory.mktemp("wordpress")
    site = folder / "site"
    shutil.copytree(source, site, ignore_dangling_symlinks=True)
    shutil.copy(PLUGIN, site / "wp-content" / "plugins")
    # The path of a socket must be short.
    with TemporaryDirectory() as short, _database(folder / "data", Path(short) / "db"):
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        made = WordPress(site, f"http://127.0.0.1:{port}")
        (site / "wp-config.php").write_text(CONFIG % (Path(short) / "db", made.address), encoding="utf-8")
        made.php(INSTALL % (PASSWORD, PASSWORD))
        web = subprocess.Popen(
            ["php", "-S", f"127.0.0.1:{port}", "-t", str(site)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait(lambda: socket.create_connection(("127.0.0.1", port)).close())
        yield made
        web.terminate()
        web.wait(20)


def test_the_list_of_posts(wordpress: WordPress, serving: Any, spun: str) -> None:  # noqa: ANN401 - conftest's Serving
    """An administrator sets server and token, checks one post and many, and sees the labels."""
    server = serving(entry=real_worker, token=TOKEN)
    paragraphs = "".join(
        f"<!-- wp:paragraph --><p>{line}</p><!-- /wp:paragraph -->" for line in spun.splitlines() if line
    )
    post, short = wordpress.post("River talks", paragraphs), wordpress.post(EVIL, "Too short.")
    wordpress.log_in("editor")
    assert "Set the address" in wordpress.ask(wordpress.button(post))[1]

    _, page = wordpress.ask("wp-admin/options-general.php?page=unspin")
    hidden = dict(re.findall(r"name=[\"']([^\"']+)[\"'] (?:id=\"_wpnonce\" )?value=[\"']([^\"']*)[\"']", page))
    fields = {**hidden, "unspin_server": server.address, "unspin_token": "wrong"}
    assert wordpress.ask("wp-admin/options.php", fields)[0] == 200
    assert "token" in wordpress.ask(wordpress.button(post))[1]
    assert wordpress.ask("wp-admin/options.php", {**fields, "unspin_token": TOKEN})[0] == 200
    assert wordpress.ask("wp-admin/options.php", {**fields, "unspin_token": ""})[0] == 200
    assert TOKEN not in wordpress.ask("wp-admin/options-general.php?page=unspin")[1]

    _, page = wordpress.ask(wordpress.button(post))
    assert "unspin: checked 1." in page
    row = wordpress.row(post)
    assert "<strong>Spun</strong>" in row
    assert "human stories scores this high." in row
    assert "stated → said" in row
    assert "Too short" not in wordpress.row(short)

    _, page = wordpress.ask("wp-admin/edit.php")
    (nonce,) = re.findall(r'id="_wpnonce" name="_wpnonce" value="([^"]+)"', page)
    many = urlencode({"action": "unspin", "post[]": [post, short], "_wpnonce": nonce}, doseq=True)
    assert "unspin: checked 2." in wordpress.ask(f"wp-admin/edit.php?{many}")[1]
    assert "<strong>Too short to judge</strong>" in wordpress.row(short)

    wordpress.php(f"wp_update_post( array( 'ID' => {post}, 'post_title' => 'New title' ) );")
    assert "(changed since)" in wordpress.row(post)
    server.close()
    assert "unspin: checked 0." in wordpress.ask(wordpress.button(post))[1]
    assert "<strong>Spun</strong>" in wordpress.row(post)


def test_rights(wordpress: WordPress) -> None:
    """Nobody checks without a nonce, nor a post of somebody else; only an administrator sets the server."""
    others, own = wordpress.post("Not yours", "Text."), wordpress.post("Yours", "Text.", "writer")
    wordpress.log_in("editor")
    assert wordpress.ask(f"wp-admin/admin-post.php?action=unspin_check&post={own}")[0] == 403
    wordpress.log_in("writer")
    mine = wordpress.button(own)
    assert wordpress.ask(mine.replace(f"post={own}", f"post={others}"))[0] == 403
    assert "action=unspin_check" not in wordpress.row(others)
    assert wordpress.ask("wp-admin/options-general.php?page=unspin")[0] == 403
    (nonce,) = re.findall(r'id="_wpnonce" name="_wpnonce" value="([^"]+)"', wordpress.ask("wp-admin/edit.php")[1])
    many = urlencode({"action": "unspin", "post[]": others, "_wpnonce": nonce})
    assert "You may not edit" in wordpress.ask(f"wp-admin/edit.php?{many}")[1]


def test_a_strange_answer_stays_text(wordpress: WordPress) -> None:
    """Markup in what is kept of an answer is escaped."""
    post = wordpress.post("Strange", "Text.")
    kept = "array( 'headline' => $e, 'summary' => $e, 'marks' => array( $e ), 'checked' => 1, 'text' => $e )"
    wordpress.php(f"$e = '{EVIL}'; update_post_meta( {post}, '_unspin', {kept} );")
    wordpress.log_in("editor")
    row = wordpress.row(post)
    assert "<img" not in row
    assert row.count("&lt;img") == 3
