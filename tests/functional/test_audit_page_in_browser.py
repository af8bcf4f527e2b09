"""`pip-sysdeps audit --format html` in a real browser: what it shows, and how it is used."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from builders.browser import CONTRAST, browser, show
from builders.command import pip_sysdeps
from builders.crowd import crowded_root
from builders.system import VENV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builders.command import Result

pytestmark = pytest.mark.browser
Crowd: TypeAlias = "dict[int, tuple[Path, dict[str, Any]]]"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a browser for all tests here."""
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    """Write the page of 10 and of 300 distributions, each with its JSON; the lock has a second target."""
    made = {}
    for count in (10, 300):
        folder = tmp_path_factory.mktemp("crowd")
        root = crowded_root(folder / "root", count)
        where = ("--root", str(root), "--python", VENV)
        pip_sysdeps("lock", *where, cwd=folder)
        lock = folder / "sysdeps.lock"
        head, target = re.split(r"(?=\[\[target\]\])", lock.read_text(), maxsplit=1)
        other = target.replace("debian-bookworm-amd64", "debian-trixie-amd64").replace("libpq5", "libpq5t64")
        lock.write_text(f"{head}{target}\n{other}")
        (folder / "audit.html").write_text(
            pip_sysdeps("audit", "--format", "html", *where, cwd=folder, status=1).stdout
        )
        document = json.loads(pip_sysdeps("audit", "--json", *where, cwd=folder, status=1).stdout)
        made[count] = (folder / "audit.html", document)
    return made


@pytest.fixture
def page(run: Callable[..., Result], tmp_path: Path) -> Path:
    """Write the page."""
    path = tmp_path / "audit.html"
    path.write_text(run("audit", "--format", "html").out, encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_shown(driver: Any, page: Path, width: int, dark: bool) -> None:  # noqa: ANN401
    """The console is empty, nothing scrolls sideways, and all text has enough contrast."""
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
    """The chain goes from the requirement to the package, and Enter leads to the row."""
    from selenium.webdriver.common.keys import Keys

    show(driver, page, width=1280, dark=False)
    driver.find_element("css selector", ".picture").send_keys(Keys.TAB)
    lit = "return [...document.querySelectorAll('.node.on title')].map((each) => each.textContent)"
    for _ in range(40):
        if driver.switch_to.active_element.get_attribute("textContent").startswith("Needs: libpq.so.5"):
            break
        driver.switch_to.active_element.send_keys(Keys.TAB)
    assert driver.execute_script(lit) == [
        "Requested: webapp", "Distribution: psycopg2", "Needs: libpq.so.5", "System package: libpq5"
    ]  # fmt: skip
    assert driver.execute_script("return document.querySelector('svg').classList.contains('lit')")


def test_pointing_lights_a_chain(driver: Any, page: Path) -> None:  # noqa: ANN401
    """The chain lights up, and a click leads to the row of the package."""
    from selenium.webdriver import ActionChains

    show(driver, page, width=1280, dark=False)
    lit = "return [...document.querySelectorAll('.node.on title')].map((each) => each.textContent)"
    assert driver.execute_script(lit) == []
    node = next(
        each
        for each in driver.find_elements("css selector", ".picture a.node")
        if each.get_attribute("textContent").startswith("System package: libpq5")
    )
    ActionChains(driver).move_to_element(node).perform()
    assert driver.execute_script(lit) == [
        "Requested: webapp", "Distribution: psycopg2", "Needs: libpq.so.5", "System package: libpq5"
    ]  # fmt: skip
    ActionChains(driver).click(node).perform()
    assert driver.execute_script("return document.querySelector(':target th').textContent") == "libpq5"


def test_search_leaves_what_it_finds(driver: Any, page: Path) -> None:  # noqa: ANN401
    """Only matches stay, and their number is shown."""
    show(driver, page, width=1280, dark=False)
    driver.find_element("id", "find").send_keys("psycopg")
    shown = (
        "return [...document.querySelectorAll('#line tbody tr')].filter((each) => !each.hidden).map((each) => each.id)"
    )
    assert len(driver.execute_script(shown)) == 1
    assert driver.find_element("css selector", ".search output").text.endswith(" found")


def test_a_link_opens_what_it_leads_to(driver: Any, page: Path) -> None:  # noqa: ANN401
    """A folded distribution is opened by a link to it."""
    show(driver, page, width=1280, dark=False)
    driver.find_element("css selector", "#line tbody td a").click()
    assert driver.execute_script("return document.querySelector(':target').open") is True


@pytest.mark.parametrize("count", [10, 300])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_few_and_many_distributions(driver: Any, crowd: Crowd, count: int, width: int, dark: bool) -> None:  # noqa: ANN401
    """Nothing in the console, no scrolling sideways, contrast, and each distribution stands behind its marker."""
    show(driver, crowd[count][0], width=width, dark=dark)
    assert driver.get_log("browser") == []
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    beside = (
        "return [...document.querySelectorAll('#wheels summary')].filter((each) => "
        "each.querySelector('strong').getBoundingClientRect().top - each.getBoundingClientRect().top > 8).length"
    )
    assert driver.execute_script(beside) == 0
    assert driver.execute_script(CONTRAST) == []


@pytest.mark.parametrize("count", [10, 300])
def test_the_numbers_of_distributions_are_those_of_the_json(driver: Any, crowd: Crowd, count: int) -> None:  # noqa: ANN401
    """What each costs, and what would be saved; in all of them, and in the cards."""
    page, document = crowd[count]
    show(driver, page, width=1280, dark=False)
    values = "[...{}.querySelectorAll('data')].map((each) => Number(each.value))"
    named = f"(row) => [row.querySelector('strong').textContent, ...{values.format('row')}]"
    rows = driver.execute_script(f"return [...document.querySelectorAll('#wheels > details')].map({named})")
    expected = []
    for each in document["distributions"]:
        cost, saved = ([row["size"]] if row and row["size"] else [] for row in (each["cost"], each["saved"]))
        expected.append([each["name"], *cost, *cost, *saved])
    assert rows == expected
    cards = driver.execute_script(
        "return [...document.querySelectorAll('.cards data')].map((each) => Number(each.value))"
    )
    line = [each for each in document["packages"] if not each["base"]]
    assert cards == [sum(each["installed_size"] for each in line), document["adds"]["size"]]


def test_many_findings_are_folded(driver: Any, crowd: Crowd) -> None:  # noqa: ANN401
    """Ten of a kind are shown, so that what is to be installed is not far below."""
    show(driver, crowd[300][0], width=1280, dark=False)
    shown = "return [...document.querySelectorAll('#findings li')].filter((each) => each.checkVisibility()).length"
    assert driver.execute_script(shown) == 10
    fold = driver.find_element("css selector", "#findings details details summary")
    assert fold.text == "20 more"
    fold.click()
    assert driver.execute_script(shown) == 30


def test_two_targets_stand_side_by_side(driver: Any, crowd: Crowd) -> None:  # noqa: ANN401
    """Each package in a row, marked where they differ."""
    show(driver, crowd[10][0], width=1280, dark=False)
    heads = "return [...document.querySelectorAll('#targets thead th')].map((each) => each.textContent)"
    assert driver.execute_script(heads) == ["Package", "debian-bookworm-amd64", "debian-trixie-amd64"]
    rows = (
        "return [...document.querySelectorAll('#targets tr.differs')].map((row) => "
        "[...row.children].map((each) => each.textContent))"
    )
    assert driver.execute_script(rows) == [["libpq5", "to install", "\u2013"], ["libpq5t64", "\u2013", "to install"]]


def test_without_scripts(driver: Any, crowd: Crowd) -> None:  # noqa: ANN401
    """Content and folding work, by the keyboard too; controls that need scripts are hidden."""
    from selenium.webdriver.common.keys import Keys

    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(driver, crowd[10][0], width=1280, dark=False)
        assert not driver.find_element("css selector", ".search").is_displayed()
        summary = driver.find_element("css selector", "#wheels summary")
        facts = driver.find_element("css selector", "#wheels dl")
        assert not facts.is_displayed()
        summary.send_keys(Keys.ENTER)
        assert facts.is_displayed()
        assert "libcairo.so.2" in facts.text
        assert driver.find_element("css selector", ".picture svg").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("count", [10, 300])
def test_it_prints(driver: Any, crowd: Crowd, count: int) -> None:  # noqa: ANN401
    """Folded parts are printed; the picture fits onto a page, or is left out if it would be too small."""
    show(driver, crowd[count][0], width=1280, dark=True)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        height = "return document.querySelector('.picture').getBoundingClientRect().height"
        assert (0 < driver.execute_script(height) < 23 * 96 / 2.54) == (count == 10)
        shown = "return [...document.querySelectorAll('#wheels dl')].filter((each) => !each.checkVisibility()).length"
        assert driver.execute_script(shown) == 0
        assert driver.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        pdf = driver.execute_cdp_cmd("Page.printToPDF", {})["data"]
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert base64.b64decode(pdf).startswith(b"%PDF")
