"""`pip-sysdeps audit --format html` in a real browser: what it shows, and how it is used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from builders.browser import CONTRAST, browser, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builders.command import Result

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a browser for all tests here."""
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def page(run: Callable[..., Result], tmp_path: Path) -> Path:
    """Write the page."""
    path = tmp_path / "audit.html"
    path.write_text(run("audit", "--format", "html").out, encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_shown(driver: Any, page: Path, width: int, dark: bool) -> None:  # noqa: ANN401
    """Without a word in the console or scrolling sideways, and every text stands out from its ground."""
    show(driver, page, width=width, dark=dark)
    assert driver.get_log("browser") == []
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert driver.execute_script(CONTRAST) == []


def test_its_numbers_are_those_of_the_json(driver: Any, page: Path, run: Callable[..., Result]) -> None:  # noqa: ANN401
    """Row by row: what is installed of the package alone, and with what it pulls in."""
    show(driver, page, width=1280, dark=False)
    rows = driver.execute_script(
        "return [...document.querySelectorAll('#line tbody tr')].map((row) => [row.querySelector('th').textContent,"
        " ...[...row.querySelectorAll('data')].map((each) => Number(each.value))])"
    )
    document = json.loads(run("audit", "--json").out)
    line = [each for each in document["packages"] if each["needed_by"] and not each["base"]]
    assert rows == [[each["name"], each["installed_size"], each["adds"]["size"]] for each in line]


def test_the_tab_key_lights_a_chain(driver: Any, page: Path) -> None:  # noqa: ANN401
    """From what was asked for to the package, and Enter leads to the row."""
    from selenium.webdriver.common.keys import Keys

    show(driver, page, width=1280, dark=False)
    driver.find_element("css selector", ".picture").send_keys(Keys.TAB)
    lit = "return [...document.querySelectorAll('.node.on title')].map((each) => each.textContent)"
    for _ in range(40):
        if driver.switch_to.active_element.get_attribute("textContent").startswith("Needs: libpq.so.5"):
            break
        driver.switch_to.active_element.send_keys(Keys.TAB)
    assert driver.execute_script(lit) == [
        "Asked for: webapp", "Distribution: psycopg2", "Needs: libpq.so.5", "System package: libpq5"
    ]  # fmt: skip
    assert driver.execute_script("return document.querySelector('svg').classList.contains('lit')")


def test_search_leaves_what_it_finds(driver: Any, page: Path) -> None:  # noqa: ANN401
    """And says how much that is."""
    show(driver, page, width=1280, dark=False)
    driver.find_element("id", "find").send_keys("psycopg")
    shown = (
        "return [...document.querySelectorAll('#line tbody tr')].filter((each) => !each.hidden).map((each) => each.id)"
    )
    assert len(driver.execute_script(shown)) == 1
    assert driver.find_element("css selector", ".search output").text.endswith(" found")


def test_a_link_opens_what_it_leads_to(driver: Any, page: Path) -> None:  # noqa: ANN401
    """A distribution is folded until somebody goes there."""
    show(driver, page, width=1280, dark=False)
    driver.find_element("css selector", "#line tbody td a").click()
    assert driver.execute_script("return document.querySelector(':target').open") is True
