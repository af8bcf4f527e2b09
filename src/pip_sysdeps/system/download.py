"""Download a file: every connection that this program opens itself is one GET request by https.

tests/test_architecture.py fails if another module opens a URL. Certificates are verified with the system's authorities
(or `SSL_CERT_FILE` and `SSL_CERT_DIR`); proxies are taken from the environment. No cookies, passwords or client
certificates are sent.
"""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

_READ_TIMEOUT = 30
"""Timeout in seconds without data."""
_MAX_SECONDS = 900
"""Timeout in seconds for one file."""
_CHUNK = 1 << 16
_MAX_REDIRECTIONS = 5


class DownloadError(SysdepsError):
    """A download failed."""


def download(url: str, limit: int, *, plain: bool = False, longest: float = _MAX_SECONDS) -> bytes:
    """Return the content of a URL, of at most `limit` bytes.

    With `plain`, http is also allowed, because the caller verifies a checksum. `longest` is a timeout in seconds. Raise
    DownloadError.
    """
    schemes = ("https", "http") if plain else ("https",)
    _require_scheme(url, schemes)
    request = urllib.request.Request(url, headers={"User-Agent": "pip-sysdeps"})  # noqa: S310 - the scheme is checked
    try:
        with _opener(schemes).open(request, timeout=_READ_TIMEOUT) as response:
            return _content(response, limit, time.monotonic() + longest)
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadError(f"`{printable(url)}` could not be downloaded: {printable(_reason(error))}") from error


def _content(response: IO[bytes], limit: int, deadline: float) -> bytes:
    chunks, size = [], 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise ValueError(f"it is larger than {limit} bytes")
        if time.monotonic() > deadline:
            raise ValueError("it takes too long")
        chunks.append(chunk)
    return b"".join(chunks)


def _require_scheme(url: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise DownloadError(f"`{printable(url)}` is not a URL") from error
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or not url.isprintable():
        allowed = " or ".join(schemes)
        raise DownloadError(f"`{printable(url)}` is not downloaded: only {allowed} URLs without a user name are")


class _Redirections(urllib.request.HTTPRedirectHandler):
    """Follows redirections only to URLs with allowed schemes."""

    max_redirections = _MAX_REDIRECTIONS

    def __init__(self, schemes: tuple[str, ...]) -> None:
        self._schemes = schemes

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        try:
            _require_scheme(newurl, self._schemes)
        except DownloadError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(schemes: tuple[str, ...]) -> urllib.request.OpenerDirector:
    """Return an opener without urllib's handlers for files, data and FTP."""
    opener = urllib.request.OpenerDirector()
    handlers = [
        urllib.request.ProxyHandler(_proxies()),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirections(schemes),
        *([urllib.request.HTTPHandler()] if "http" in schemes else []),
    ]
    for each in handlers:
        opener.add_handler(each)
    return opener


def _proxies() -> dict[str, str]:
    return {scheme: url for scheme, url in urllib.request.getproxies().items() if scheme in {"http", "https"}}


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
