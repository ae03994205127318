"""The page in Chromium: sorting, filtering, choosing, links; nothing on its console, and no request."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import fake_records as fake
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harness.reporting.explorer.page import VIEWS, index_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path")
NAMES = "#ranking tbody tr th"
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    chosen = fake.architectures()
    file = tmp_path_factory.mktemp("page") / "index.html"
    file.write_bytes(index_page(fake.findings(chosen, fake.fake_trials(chosen)), {"mnist": fake.images()}))
    return Path(file).as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A tab that ends with a failure if anything was said on the console or asked of a network."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    yield opened
    opened.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked} == {address}


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(NAMES).all_text_contents()]


def fragment(page: Page) -> str:
    return page.url.partition("#")[2]


def test_a_heading_sorts_and_sorts_back(page: Page) -> None:
    first = names(page)
    page.click("th >> text=Parameters")
    by_size = names(page)
    assert sorted(by_size) == sorted(first)
    assert by_size[-1] == "003_wide_conv_dropout"
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Parameters"
    page.click("th >> text=Parameters")
    assert names(page)[0] == "003_wide_conv_dropout"
    assert "sort=parameters" in fragment(page)


def test_filters_leave_what_passes_and_the_address_keeps_them(page: Page) -> None:
    page.fill("input[name=text]", "conv")
    page.fill("input[name=parameters]", "100000")
    expected = ["000_convnet", "001_convnet_8_epochs", "004_convnet"]
    assert sorted(names(page)) == expected
    assert page.inner_text("#count") == "3 of 6 architectures"
    page.reload()
    assert sorted(names(page)) == expected


def test_a_row_opens_its_architecture_with_the_keyboard_alone(page: Page) -> None:
    page.focus("#ranking tbody tr:first-child a")
    name = names(page)[0]
    page.keyboard.press("Enter")
    assert page.inner_text("#view h2") == name
    assert page.locator("ol.graph .layer").count() > 5
    assert page.locator("ul.images canvas").count() == 12
    assert page.locator("#view table caption").count() >= 5


def test_two_are_chosen_freely_and_a_link_shows_the_same_again(page: Page, address: str) -> None:
    page.goto(f"{address}#view=compare&a=dense_512&b=000_convnet")
    assert "dense_512 minus 000_convnet: -" in page.inner_text("#view strong")
    page.select_option("label:has-text('Second') select", "003_wide_conv_dropout")
    sentence = page.inner_text("#view strong")
    assert sentence.startswith("dense_512 minus 003_wide_conv_dropout")
    page.goto(page.url)
    assert page.inner_text("#view strong") == sentence


def test_both_axes_are_chosen_and_no_two_names_cover_each_other(page: Page, address: str) -> None:
    page.goto(f"{address}#view=cost")
    page.select_option("label:has-text('Across') select", "seconds")
    page.select_option("label:has-text('Upwards') select", "train")
    assert "y=train" in fragment(page)
    assert page.inner_text("#view thead").split("\t")[2].startswith("Training accuracy")
    for across in ("parameters", "macs", "seconds"):
        page.goto(f"{address}#view=cost&x={across}")
        boxes = [text.bounding_box() for text in page.locator("a.point text").all()]
        places = [(box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]) for box in boxes if box]
        for a, b in combinations(places, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_cost_is_chosen_and_a_point_tells_its_numbers_and_seeds(page: Page, address: str) -> None:
    page.goto(f"{address}#view=cost")
    page.select_option("label:has-text('Across') select", "macs")
    label = page.locator("a.point").first.get_attribute("aria-label")
    assert label is not None
    assert "multiply-accumulates" in label
    assert "seeds 0-4" in label
    page.locator("a.point").first.focus()
    assert page.inner_text("#tip") == label
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()


def test_curves_are_switched_one_by_one(page: Page, address: str) -> None:
    page.goto(f"{address}#view=curves")
    before = page.locator("svg.chart g[role=img]").count()
    page.locator("fieldset input:checked").first.click()
    assert page.locator("svg.chart g[role=img]").count() == before - 1
    assert "shown=" in fragment(page)


def test_the_documents_claims_stand_with_their_verdicts(page: Page, address: str) -> None:
    page.goto(f"{address}#view=documents")
    assert page.locator("#view table").count() == 6
    assert page.locator("#view h3").all_inner_texts()[0].startswith("000_convnet: 000_")
    assert "Not tested: no number here is about it" in page.inner_text("#view")
    assert page.locator("text=reproduced").count() > 0


def test_what_verdicts_rest_on_is_drawn_below_the_sentences(page: Page, address: str) -> None:
    page.goto(f"{address}#view=documents")
    kinds = [figure.get_attribute("data-type") for figure in page.locator("figure").all()]
    assert kinds == ["sights", "changes", "rows", "sights", "rows"]
    row = page.locator("figure[data-type=rows] g[role=img]").first
    label = row.get_attribute("aria-label") or ""
    assert label.startswith("001_convnet_8_epochs: mean 99.")
    assert len(label.partition("seeds ")[2].split(", ")) == 5
    row.focus()
    assert page.inner_text("#tip") == label
    outcomes = page.locator("figure[data-type=changes] svg").all()
    assert [one.get_attribute("aria-label") for one in outcomes] == [
        "layer 2: 26 × 26 → 13 × 13, exactly half",
        "layer 4: 11 × 11 → 5 × 5, half would be 5.5 × 5.5",
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", [name for name, _ in VIEWS])
def test_no_view_is_wider_than_the_window(page: Page, address: str, view: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}#view={view}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("nav a[aria-current]").count() == 1


def test_on_a_phone_what_was_found_is_read_without_scrolling_sideways(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}#view=documents")
    cell = page.locator("td[data-title='What was found']").first
    box = cell.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.get_by_role("columnheader", name="Verdict").count() == page.get_by_role("table").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_aa(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    ratios = page.evaluate(CONTRAST)
    assert min(ratios.values()) >= 4.5, ratios


# WCAG 2's ratio of every colour that text has on both grounds.
CONTRAST = """() => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const parts = style.getPropertyValue(name).trim().slice(1).match(/../g).map((part) => parseInt(part, 16) / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = {};
  for (const ground of ["--paper", "--panel"]) {
    for (const ink of ["--ink", "--quiet", "--link", "--good", "--bad", "--open"]) {
      const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
      found[`${ink} on ${ground}`] = (high + 0.05) / (low + 0.05);
    }
  }
  return found;
}"""
