"""A headless Chromium for tests: Debian's packages chromium and chromium-driver."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser(profile: Path) -> Iterator[Any]:
    """Start one with an empty profile, and end it; skip where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    webdriver = pytest.importorskip("selenium.webdriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium and chromedriver here")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for each in (*QUIET, f"--user-data-dir={profile}"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield started
    finally:
        started.quit()


def show(driver: Any, page: Path, *, width: int, dark: bool) -> None:  # noqa: ANN401 - selenium need not be there
    """Open a page in a window of a width, in light or in dark colours."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(page.as_uri())


CONTRAST = """
const channel = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
const parts = [.2126, .7152, .0722];
const light = (colour) => parts.reduce((sum, part, at) => sum + part * channel(numbers(colour)[at]), 0);
const paper = (element) => {
  for (let each = element; each; each = each.parentElement) {
    const colour = getComputedStyle(each).backgroundColor;
    if ((numbers(colour)[3] ?? 1) === 1) return colour;
  }
  return "rgb(255, 255, 255)";
};
const found = [];
for (const details of document.querySelectorAll("details")) details.open = true;
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (!own || !element.checkVisibility() || ["SCRIPT", "title"].includes(element.tagName)) continue;
  const drawn = element.tagName === "text", box = drawn && element.parentElement.querySelector("rect");
  const style = getComputedStyle(element);
  const ink = light(drawn ? style.fill : style.color);
  const inside = box && box.parentElement !== element.ownerSVGElement;
  const back = light(inside ? getComputedStyle(box).fill : paper(element));
  const ratio = (Math.max(ink, back) + .05) / (Math.min(ink, back) + .05);
  if (ratio < 4.5) found.push(`${element.tagName} ${element.textContent} ${ratio.toFixed(2)}`);
}
return [...new Set(found)];
"""
"""Elements whose text stands out less than WCAG 2.2, 1.4.3 (level AA) asks for text of usual size."""
