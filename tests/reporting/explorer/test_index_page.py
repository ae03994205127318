"""The page to explore as a file: what it holds, what it may do, and that the same findings give the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import fake_records as fake
import pytest

from harness.analysis.findings import Findings
from harness.reporting.explorer.network import fields_text
from harness.reporting.explorer.page import index_page
from harness.spec.architecture import Architecture

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}<!--"


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts and styles."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self.visible: list[str] = []
        self._inside: tuple[str, dict[str, str | None]] | None = None
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = (tag, dict(attrs)) if tag in {"script", "style"} else None

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts.append((*self._inside, data))
        else:
            self.visible.append(data)

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever the page holds
        [text] = [text for tag, attributes, text in self.texts if attributes.get("type") == "application/json"]
        return json.loads(text)

    @property
    def policy(self) -> str:
        [found] = [own["content"] for tag, own in self.found if own.get("http-equiv") == "Content-Security-Policy"]
        assert found is not None
        return found


@pytest.fixture(scope="module")
def findings() -> Findings:
    chosen = fake.architectures()
    return fake.findings(chosen, fake.fake_trials(chosen))


@pytest.fixture(scope="module")
def page(findings: Findings) -> bytes:
    return index_page(findings, {"mnist": fake.images()})


def hostile(architecture: Architecture) -> Architecture:
    return architecture.model_copy(update={"title": HOSTILE, "document": HOSTILE, "assumptions": (HOSTILE,)})


def test_the_same_findings_give_the_same_bytes(page: bytes, findings: Findings) -> None:
    assert index_page(findings, {"mnist": fake.images()}) == page


def test_the_policy_names_every_script_and_style_by_its_digest_and_allows_no_request(page: bytes) -> None:
    elements = Elements(page)
    executed = [text for tag, own, text in elements.texts if own.get("type") != "application/json"]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in executed]
    assert len(digests) == 3
    assert sorted(re.findall(r"'sha256-([^']+)'", elements.policy)) == sorted(digests)
    assert elements.policy.startswith("default-src 'none';")
    assert "unsafe" not in elements.policy


def test_nothing_is_loaded_and_no_element_has_code_or_style_of_its_own(page: bytes) -> None:
    for tag, attributes in Elements(page).found:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith(("#", "data:,")), tag
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_what_a_spec_says_is_text_and_never_html() -> None:
    chosen = [hostile(one) for one in fake.architectures("000_convnet")]
    elements = Elements(index_page(fake.findings(chosen, fake.fake_trials(chosen)), {}))
    tags = [tag for tag, _ in elements.found]
    assert tags.count("script") == 3
    assert "img" not in tags
    [one] = elements.data["architectures"]
    assert (one["title"], one["assumptions"]) == (HOSTILE, [HOSTILE])
    assert HOSTILE in elements.visible, "the document stands in the choice of documents, escaped and unfilled"


def test_the_ranking_is_a_table_in_the_file_itself(page: bytes, findings: Findings) -> None:
    elements = Elements(page)
    assert [own["data-name"] for tag, own in elements.found if tag == "tr" and own.get("data-name")] == [
        entry.name for entry in findings.ranking
    ]
    scopes = [own.get("scope") for tag, own in elements.found if tag == "th"]
    assert scopes.count("row") == len(findings.ranking)
    assert None not in scopes


def test_the_data_are_the_findings(page: bytes, findings: Findings) -> None:
    data = Elements(page).data
    for entry, one in zip(findings.ranking, data["architectures"], strict=True):
        found = findings.headline_of(entry)
        assert found is not None
        assert one["mean"] == pytest.approx(found.mean, rel=1e-5)
        assert [seed for seed, _ in one["values"]] == list(entry.seeds)
        assert sum(node["parameters"] for node in one["layers"]) == entry.cost.parameters
        assert len(one["test"]) == len(entry.runs)
        assert sum(map(sum, one["confusion"])) == pytest.approx(fake.TEST_EXAMPLES, rel=1e-3)
        claims = [verdict for verdict in findings.judgement.verdicts if verdict.architecture == entry.name]
        assert [claim["verdict"] for claim in one["claims"]] == [verdict.decision for verdict in claims]
        assert one["spec"] == entry.architecture.path.read_text(encoding="utf-8")
    assert len(data["pairs"]) == len(findings.comparisons)


def test_pictures_are_the_test_images_with_the_share_that_each_network_gets_right(
    page: bytes, findings: Findings
) -> None:
    data = Elements(page).data
    shown = data["images"]["mnist"]
    pixels = base64.b64decode(shown["pixels"])
    index = shown["indices"][5]
    assert pixels[5 * 784 : 6 * 784] == fake.images()[index].tobytes()
    assert shown["labels"][5] == fake.labels()[index]
    entry = findings.ranking[0]
    assert entry.predictions is not None
    right = (entry.predictions[:, index] == fake.labels()[index]).mean()
    assert data["architectures"][0]["right"][5] == pytest.approx(right)


def test_results_on_other_data_are_tabs_that_lead_to_their_pages_and_back(findings: Findings) -> None:
    moved = [one.model_copy(update={"on_dataset": "mnist"}) for one in fake.architectures("dense_512")]
    other = fake.findings(moved, fake.fake_trials(moved))
    main = Elements(index_page(replace(findings, other_data=(other,)), {}))
    assert "datasets/mnist/index.html" in [own.get("href") for _, own in main.found]
    assert "../../index.html" in [own.get("href") for _, own in Elements(index_page(other, {})).found]


def test_without_images_or_results_the_page_is_still_a_page() -> None:
    chosen = fake.architectures("000_convnet", "dense_512")
    assert Elements(index_page(fake.findings(chosen, fake.fake_trials(chosen)), {})).data["images"] == {}
    empty = Elements(index_page(fake.findings(chosen, ()), {})).data
    assert {one["state"] for one in empty["architectures"]} == {"not run"}


@pytest.mark.parametrize(
    ("dumped", "text"),
    [
        ({"filters": 32, "kernel_size": [3, 3], "name": None, "use_bias": False}, "filters 32, kernel_size 3×3"),
        (
            {"Adam": {"learning_rate": {"CosineDecay": {"decay_steps": 5}}}},
            "Adam: learning_rate CosineDecay: decay_steps 5",
        ),
        ({"Adam": {}}, "Adam"),
        ("relu", "relu"),
    ],
)
def test_fields_are_told_on_one_line(dumped: object, text: str) -> None:
    assert fields_text(dumped) == text
