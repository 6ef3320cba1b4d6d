"""Packs the browser extension for one server: the address and the permission for it stand in its manifest."""

import io
import json
import zipfile
from importlib.resources import files
from urllib.parse import urlsplit

_NEVER_CHANGED = (1980, 1, 1, 0, 0, 0)


def extension_file(server: str) -> bytes:
    """Returns the extension as a ZIP file.

    Parameters
    ----------
    server : str
        Address of the server (``https://unspin.example.org/``). The extension may reach this host only.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for place in sorted(files("detector.web").joinpath("extension").iterdir(), key=lambda place: place.name):
            data = place.read_bytes()
            if place.name == "manifest.json":
                data = _manifest(json.loads(data), server)
            file.writestr(zipfile.ZipInfo(place.name, _NEVER_CHANGED), data)
    return packed.getvalue()


def _manifest(manifest: dict[str, object], server: str) -> bytes:
    parts = urlsplit(server)
    host = parts.hostname or ""
    manifest["homepage_url"] = server
    # Firefox knows no ports in patterns. Without one, a pattern is for every port.
    manifest["host_permissions"] = [f"{parts.scheme}://{f'[{host}]' if ':' in host else host}/*"]
    gecko = manifest["browser_specific_settings"]["gecko"]  # type: ignore[index]
    gecko["id"] = f"unspin@{host.replace(':', '.')}"
    return json.dumps(manifest, indent=2).encode()
