"""The documentation as a site: built without a warning, and read in a real browser."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from builders.browser import browser, show
from builders.checkout import PROJECT
from pip_sysdeps.report.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

DOCS = PROJECT / "docs"
PAGES = sorted(str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md"))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site."""
    pytest.importorskip("sphinx", reason="pip install -e .[docs]")
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(DOCS), str(folder)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a browser for all tests here."""
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.mark.parametrize("width", [1280, 400])
def test_every_page_is_shown(driver: Any, site: Path, width: int) -> None:  # noqa: ANN401
    """The console is empty, and nothing scrolls sideways."""
    trouble = {}
    for name in PAGES:
        show(driver, site / f"{name}.html", width=width, dark=False)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        said = driver.get_log("browser")
        if said or wide > width or not driver.find_elements("css selector", "h1"):
            trouble[name] = (wide, said)
    assert trouble == {}


def test_the_first_page_is_one_screen(driver: Any, site: Path) -> None:  # noqa: ANN401
    """It has a picture that loads, and all of it is seen at once."""
    show(driver, site / "index.html", width=1280, dark=False)
    assert driver.execute_script("return document.querySelector('article').getBoundingClientRect().bottom") <= 900
    assert driver.execute_script("return document.querySelector('article img').naturalWidth") > 0


@pytest.mark.parametrize(("width", "image"), [(1280, "stages.svg"), (400, "stages-narrow.svg")])
def test_the_picture_of_the_first_page(driver: Any, site: Path, width: int, image: str) -> None:  # noqa: ANN401
    """One is seen, whose letters are not smaller than it has them; and no comment of the commands is cut off."""
    show(driver, site / "index.html", width=width, dark=False)
    seen = (
        "return [...document.querySelectorAll('article img')].filter((each) => each.checkVisibility())"
        ".map((each) => [each.src.split('/').pop(), each.width / each.naturalWidth > 0.9])"
    )
    assert driver.execute_script(seen) == [[image, True]]
    block = "const each = document.querySelector('article pre'); return each.scrollWidth <= each.clientWidth"
    assert driver.execute_script(block) or width < 1280


def test_every_page_is_in_the_sidebar(driver: Any, site: Path) -> None:  # noqa: ANN401
    """Those of decisions are below their own list."""
    show(driver, site / "index.html", width=1280, dark=False)
    links = "return [...document.querySelectorAll('.sidebar-tree a')].map((each) => each.href.split('#')[0])"
    missing = {(site / f"{name}.html").as_uri() for name in PAGES} - set(driver.execute_script(links))
    assert missing == {(site / "index.html").as_uri()}


def test_the_search_finds_a_page(driver: Any, site: Path) -> None:  # noqa: ANN401
    """A word of a page leads to it, when a server has the site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        driver.get(f"http://127.0.0.1:{server.server_port}/search.html?q=apk")
        driver.implicitly_wait(10)
        driver.find_element("css selector", "#search-results li a[href*='alpine.html']")
        server.shutdown()


def test_every_finding_has_the_address_that_sarif_gives_it(site: Path) -> None:
    """`checks.html#sd001-unresolved-import`, and so on."""
    text = (site / "checks.html").read_text(encoding="utf-8")
    assert [each.code for each in CATALOGUE if f'id="{each.code}-{each.name}"'.lower() not in text] == []
