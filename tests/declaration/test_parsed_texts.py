"""What is kept of a text is what the parser said of it, to the last digit, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.declaration.parsed_texts import keep, kept_data
from harness.declaration.values import WrittenFloat
from harness.declaration.yaml_text import parse

TEXT = 'title: "ü\\n"\nrate: 0.9860\nsmall: 1e-3\ncount: 3\nnone:\nflags: [true, no, {a: [1, -2.50]}]\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    return tmp_path


def written(data: object) -> object:
    """Return the data with every number as its text."""
    match data:
        case dict():
            return {key: written(value) for key, value in data.items()}
        case list():
            return [written(value) for value in data]
        case WrittenFloat():
            return (data.text, data.decimals)
    return data


def kept(text: str) -> object:
    data = parse(text).data
    keep(text, data)
    return kept_data(text)


def test_a_kept_text_gives_the_same_data_with_every_digit_as_written() -> None:
    assert kept_data(TEXT) is None
    assert written(kept(TEXT)) == written(parse(TEXT).data)
    assert kept_data(TEXT + "#") is None


@pytest.mark.parametrize("number", [".5", "1.", "+1.0", ".inf", ".nan"])
def test_a_number_that_json_can_not_write_is_not_kept(number: str) -> None:
    assert isinstance(parse(number).data, WrittenFloat)
    assert kept(f"a: {number}") is None


Plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False).map(WrittenFloat),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(deadline=None, derandomize=True, database=None)
@given(data=st.dictionaries(st.text(), Plain))
def test_whatever_is_kept_comes_back(data: dict[str, object]) -> None:
    text = repr(written(data))
    keep(text, data)
    assert written(kept_data(text)) == written(data)


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"half"])
def test_a_damaged_file_is_not_believed(cache: Path, content: bytes) -> None:
    kept(TEXT)
    [file] = (cache / "texts").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    assert kept_data(TEXT) is None
    file.write_bytes(whole.replace(b"0.9860", b"0.9870"))
    assert kept_data(TEXT) is None


def test_a_cache_that_can_not_be_written_keeps_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(cache / "file"))
    assert kept(TEXT) is None
