"""The page as one file: template, styles, scripts and data, each with its digest in the policy; derives no number.

Nothing of a record or a spec is ever HTML: the template escapes every text, and the scripts make elements of the data.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.analysis.findings import Findings
from harness.declaration.files import DATASETS
from harness.reporting.explorer.findings_data import findings_data
from harness.reporting.ownership import INDEX
from harness.reporting.sections.headline import headline

if TYPE_CHECKING:
    from jinja2 import Environment

    from harness.reporting.figures.images import Images

FOLDER = Path(__file__).parent
D3 = "mpld3/js/d3.v5.min.js"
SCRIPTS = ("elements", "data", "state", "charts", "table", "architecture", "evidence", "views", "start")
VIEWS = (
    ("table", "Ranking"),
    ("architecture", "An architecture"),
    ("compare", "Two side by side"),
    ("cost", "Cost"),
    ("curves", "Learning curves"),
    ("changed", "Changed images"),
    ("documents", "What the documents say"),
)
# The columns of the Markdown page's headline, by what the scripts sort by, and their order on this page.
KEYS = ("rank", "name", "document", "parameters", "macs", "epochs", "seconds", "epochSeconds", "mean", "published")
ORDER = ("rank", "name", "mean", "parameters", "seconds", "published", "macs", "epochs", "epochSeconds", "document")
PLACES = tuple(KEYS.index(key) for key in ORDER)
SHORT_TEXT = {"name", "document"}
# JSON inside a script element: what could end it, or begin a comment, is written as an escape.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def index_page(findings: Findings, images: Images, refresh_seconds: int | None = None) -> bytes:
    """Return the file's content: the same findings and images give the same bytes.

    A page of a run that goes on shows itself anew after ``refresh_seconds``.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja, which only pages need

    data = findings_data(findings, images)
    style, library, script = _text("page.css"), _library(), _script()
    table = headline(findings)
    rendered = (
        _environment()
        .get_template("page.html.j2")
        .render(
            policy=_policy(style, library, script),
            # Of this package's own files, and of JSON without a character that HTML knows.
            style=Markup(style),  # noqa: S704
            library=Markup(library),  # noqa: S704
            script=Markup(script),  # noqa: S704
            data=Markup(_json(data)),  # noqa: S704
            views=VIEWS,
            datasets=data["datasets"],
            documents=sorted({one["source"] for one in data["architectures"] if one["source"]}),
            caption=table.title,
            columns=[
                {"key": KEYS[place], "title": table.header[place], "number": KEYS[place] not in SHORT_TEXT}
                for place in PLACES
            ],
            rows=_rows(table.rows, data["architectures"]),
            notes=table.notes,
            footer=_footer(findings),
            refresh_seconds=refresh_seconds,
            other_pages=_other_pages(findings),
        )
    )
    return rendered.encode()


def _other_pages(findings: Findings) -> list[dict[str, str]]:
    """Return the pages of the results on other data: from the main page theirs, from one of theirs the main page."""
    others = [entry.architecture for other in findings.other_data for entry in other.study.entries[:1]]
    pages = [{"title": one.data.title, "file": f"{DATASETS}/{one.dataset}/{INDEX}"} for one in others]
    if any(entry.architecture.on_dataset for entry in findings.study.entries):
        pages.append({"title": "The main page", "file": f"../../{INDEX}"})
    return pages


def _rows(rows: Sequence[Sequence[str]], architectures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the table's rows, each architecture's interval drawn on the scale of all."""
    bounds = [bound for one in architectures for bound in (one["low"], one["high"], one["mean"]) if bound is not None]
    low, high = min(bounds, default=0.0), max(bounds, default=1.0)

    def place(value: float) -> float:
        return round(4 + 92 * (value - low) / ((high - low) or 1), 1)

    def bar(one: dict[str, Any]) -> dict[str, float] | None:
        if one["low"] is None:
            return None
        return {name: place(one[name]) for name in ("low", "mean", "high")}

    return [
        {
            "name": one["name"],
            "cells": [
                {
                    "text": row[place],
                    "number": KEYS[place] not in SHORT_TEXT,
                    "bar": bar(one) if KEYS[place] == "mean" else None,
                }
                for place in PLACES
            ],
        }
        for row, one in zip(rows, architectures, strict=True)
    ]


def _footer(findings: Findings) -> str:
    environment = findings.study.environment
    about = f"Environment {environment.id}. " if environment else ""
    return f"{about}Generated by 'bench report' from the records beside this file; README.md has every table."


def _json(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(ESCAPES)


def _policy(style: str, *scripts: str) -> str:
    """Return the Content-Security-Policy: these scripts and styles, no other, and no request anywhere."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'sha256-{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=8)
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _library() -> str:
    """Return D3 as mpld3 has it, whose import would take half a second for nothing."""
    return Path(str(distribution("mpld3").locate_file(D3))).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _script() -> str:
    """Return the page's own scripts as one, apart from what else is on the page."""
    own = "\n".join(_text(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{own}}})();\n'


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only pages need it

    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
