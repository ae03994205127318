"""Whatever a file holds, reading it ends, with an architecture or with mistakes: never a traceback, never a hang.

An ordinary run tries a few hundred files of each kind; BENCH_FUZZ=5000 tries so many.
"""

from __future__ import annotations

import json
import os
import random
import re
import tempfile
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated as with_a_change

from harness.declaration.kinds import Family
from harness.declaration.spec_error import InvalidSpec
from harness.declaration.yaml_text import parse
from harness.planning.forecast import Forecast
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation
from harness.spec.advice import advice
from harness.spec.architecture import Architecture
from harness.spec.claims import Claim
from harness.spec.cost import cost
from harness.spec.layers import LAYERS
from harness.spec.reading import read_architecture
from harness.spec.receptive import receptive_fields
from harness.spec.schema import spec_schema

FOLDER = Path(__file__).parents[2] / "architectures"
FILES = (*FOLDER.glob("*.yaml"), *(FOLDER / "ablations").glob("*.yaml"))
TEXTS = [file.read_text(encoding="utf-8") for file in sorted(FILES)]
MISTAKE = re.compile(r".+/fuzzed\.yaml:\d+:\d+: [^\n]+; [^\n]+")

fuzz = settings(
    max_examples=int(os.environ.get("BENCH_FUZZ", "200")),
    deadline=timedelta(seconds=20),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize="BENCH_FUZZ" not in os.environ,
)


def read(raw: bytes) -> None:
    """Read a file with these bytes and check the form of every mistake."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fuzzed.yaml"
        file.write_bytes(raw)
        reported = mistakes(file)
    assert reported is None or (reported and all(MISTAKE.fullmatch(mistake) for mistake in reported)), reported


def mistakes(file: Path) -> list[str] | None:
    """Return what is wrong with the file, None for nothing."""
    try:
        architecture = read_architecture(file)
    except InvalidSpec as error:
        return [str(mistake) for mistake in error.mistakes]
    use(architecture)
    return None


def use(architecture: Architecture) -> None:
    """Ask of a valid spec what showing and planning it asks."""
    assert cost(architecture).parameters >= 0
    assert len(receptive_fields(architecture.layers, architecture.data.inputs)) == len(cost(architecture).layers)
    assert all(advice(architecture))
    trial = Trial(trial_computation(architecture, Settings()), 0, architecture.epochs, (architecture.name,))
    assert len(trial.fingerprint) == 16
    assert Forecast().trial_seconds(trial) > 0


WORDS = [
    *[
        "&a ",
        "*a",
        "!!python/object:os.system ",
        "<<: ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "? ",
        "| ",
        ">-\n",
        "\t",
        "\r",
    ],
    *["[", "]", "{", "}", ": ", "- ", ", ", "#", "'", '"', "\n", "\n\n  ", "\x00", "\ufeff", "\u2028", "é", "~", "no"],
    *["true", ".inf", ".nan", "-1", "0", "1e999", "9" * 30, "3.0", "0x10", "2147483648", "[3, 3]", "{}", "[]", '""'],
    *["Residual: {layers: [Flatten]}", "Repeat: {times: 100000, layers: [Flatten]}", "Reshape: {target_shape: [-1]}"],
    *["UpSampling2D: {size: 1000000}", "Dense: {units: 2147483647}", "ZeroPadding2D: {padding: 1000000000}"],
    *LAYERS.kinds,
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a real spec with pieces cut out, doubled, swapped or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 1, 1, 2, 5, 20, 200])))
        piece = draw(st.sampled_from([*WORDS, text[start:end] * 2, ""]))
        text = text[:start] + piece + text[end:]
    return text


@fuzz
@given(mutated())
def test_mutated_files_end_in_an_architecture_or_in_mistakes(text: str) -> None:
    read(text.encode("utf-8", "surrogatepass"))


@cache
def content(text: str) -> str:
    """Return what a spec holds, as JSON."""
    return json.dumps(parse(text, "a spec").data)


@fuzz
@given(st.sampled_from(TEXTS), st.integers(0, 2**32), st.integers(1, 4))
def test_changed_values_end_in_an_architecture_or_in_mistakes(text: str, seed: int, changes: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    changed = json.loads(content(text))
    with suppress(ValueError):  # a value that holds itself
        for _ in range(changes):
            changed = json.loads(json.dumps(with_a_change(changed, chance)))
        read(json.dumps(changed).encode())


@st.composite
def lines_shuffled(draw: st.DrawFn) -> str:
    """Return the lines of two real specs in another order and indentation."""
    lines = (draw(st.sampled_from(TEXTS)) + draw(st.sampled_from(TEXTS))).splitlines()
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - no secret
    kept = [line for line in lines if chance.random() > 0.3]
    chance.shuffle(kept)
    return "\n".join(" " * chance.choice([0, 0, 0, 1, 2, 4]) + line for line in kept)


@fuzz
@given(lines_shuffled())
def test_shuffled_lines_end_in_an_architecture_or_in_mistakes(text: str) -> None:
    read(text.encode())


@fuzz
@given(st.binary(max_size=400))
def test_random_bytes_end_in_mistakes(raw: bytes) -> None:
    read(raw)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from([word.strip() for word in WORDS]),
)


def _names() -> list[str]:
    """Return every kind and field of the language."""
    schema = spec_schema()
    fields = {name for part in (schema, *schema["$defs"].values()) for name in part.get("properties", {})}
    claims = Family("claim", Claim, "harness.spec.claims").kinds
    return sorted(fields | set(LAYERS.kinds) | set(claims))


KEYS = st.sampled_from(_names()) | st.text(max_size=4)
ANYTHING: st.SearchStrategy[Any] = st.deferred(
    lambda: SCALARS | SCALARS | st.lists(ANYTHING, max_size=4) | st.dictionaries(KEYS, ANYTHING, max_size=4)
)
LAYER_KINDS = st.sampled_from(list(LAYERS.kinds))
LAYER = LAYER_KINDS | st.dictionaries(LAYER_KINDS, ANYTHING, min_size=1, max_size=1) | ANYTHING
# The shape of a spec with anything below.
NEARLY_SPECS = st.fixed_dictionaries(
    {
        "title": st.just("x") | ANYTHING,
        "dataset": st.just("mnist") | ANYTHING,
        "layers": st.lists(LAYER, max_size=6) | ANYTHING,
        "training": ANYTHING,
        "claims": st.lists(ANYTHING, max_size=3) | ANYTHING,
        "assumptions": ANYTHING,
    }
)


@fuzz
@given(NEARLY_SPECS | ANYTHING)
def test_random_trees_end_in_an_architecture_or_in_mistakes(tree: object) -> None:
    read(json.dumps(tree).encode())


@fuzz
@given(st.lists(st.sampled_from([*LAYERS.kinds, "Dense: {units: 10}", *WORDS[-60:]]), min_size=1, max_size=12))
def test_random_networks_end_in_an_architecture_or_in_mistakes(layers: list[str]) -> None:
    lines = "".join(f"  - {layer}\n" for layer in layers if "\n" not in layer)
    head = "title: x\ndataset: mnist\nlayers:\n"
    tail = "training: {optimizer: adam, loss: mse, batch_size: 1, epochs: 1}\n"
    read((head + lines + tail).encode())
