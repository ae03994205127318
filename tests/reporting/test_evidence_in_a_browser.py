"""Every kind of figure beside a document's sentences, drawn in Chromium from made-up records."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import fake_records as fake
import pytest
from playwright.sync_api import sync_playwright
from test_evidence import study

from harness.reporting.explorer.evidence_data import evidence_data
from harness.reporting.explorer.page import index_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_numbers_are_rounded_and_values_that_are_not_known_are_none() -> None:
    drawn = evidence_data(study("002_rmsprop", evaluations=("shift",)))
    assert [one["type"] for one in drawn["000_convnet"]] == ["levels", "sights", "changes"]
    assert json.loads(json.dumps(drawn)) == drawn
    means = drawn["000_convnet"][0]["curves"][0]["means"]
    assert all(len(f"{mean:.10g}") <= 8 for mean in means)
    loss = drawn["002_two_conv_dropout"][-1]["numbers"][0]
    assert (loss["text"], loss["metric"]["places"]) == ("0.0314", 4)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path")
@pytest.mark.parametrize("width", [1280, 390])
def test_every_kind_of_figure_is_drawn(tmp_path: Path, width: int) -> None:
    def diverged(trial: fake.FakeTrial) -> fake.FakeTrial:
        is_raw = trial.record.computation.layers[0].kind == "Rescaling"
        return fake.failed(trial) if is_raw and trial.record.seed == 1 else replace(trial)

    names = ("002_raw_bytes", "002_without_dropout", "002_rmsprop", "dense_512_shifted_training")
    found = study(*names, evaluations=("shift", "tiles", "train_set"), change=diverged)
    file = tmp_path / "index.html"
    file.write_bytes(index_page(found, {}))
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page, said = browser.new_page(viewport={"width": width, "height": 900}), list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{file.as_uri()}#view=documents")
        kinds = [figure.get_attribute("data-type") for figure in page.locator("figure").all()]
        assert set(kinds) == {"levels", "rows", "changes", "sights", "recipes"}
        assert page.locator("path.failed").count() == 1
        assert page.locator("line.published").count() == 2
        assert page.locator("figure text.mark", has_text="judged here").count() == 3
        assert "1 failed to train" in (page.locator("g:has(path.failed)").last.get_attribute("aria-label") or "")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert said == []
