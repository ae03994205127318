"""What is kept of drawings is what drawing gives, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import fake_records as fake
import pytest

from harness.reporting.figures import drawing_cache
from harness.reporting.figures.drawing_cache import kept_drawing
from harness.reporting.figures.gallery import gallery

MADE: list[tuple[object, ...]] = []


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    MADE.clear()
    return tmp_path


def drawing(*shown: object) -> bytes:
    MADE.append(shown)
    return repr(shown).encode() + b"\n\x00 second line"


def other(*shown: object) -> bytes:
    return drawing("other", *shown)


def test_a_drawing_is_made_once_for_the_same_data() -> None:
    assert kept_drawing(drawing, 1.5, ("a",)) == kept_drawing(drawing, 1.5, ("a",)) == drawing(1.5, ("a",))
    assert len(MADE) == 2


def test_many_drawings_of_one_kind_do_not_take_each_others_place() -> None:
    for _ in range(2):
        assert [kept_drawing(drawing, number) for number in range(200)] == [
            b"(%d,)\n\x00 second line" % number for number in range(200)
        ]
    assert len(MADE) == 200


def test_the_oldest_drawings_go_where_there_are_many(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_cache, "MOST_KEPT", 10)
    for number in range(40):
        kept_drawing(drawing, number)
        for file in (cache / "figures").iterdir():
            os.utime(file, (number, file.stat().st_mtime - 1))
    assert 10 <= len(list((cache / "figures").iterdir())) <= 15
    for number in range(30, 40):
        kept_drawing(drawing, number)
    assert len(MADE) == 40, "the newest are still there"


@pytest.mark.parametrize(
    ("make", "shown"), [(drawing, (1.5000000000000002, "a")), (drawing, (1.5,)), (other, (1.5, "a"))]
)
def test_other_data_or_another_drawing_is_made_anew(make: Callable[..., bytes], shown: tuple[object, ...]) -> None:
    kept_drawing(drawing, 1.5, "a")
    assert kept_drawing(make, *shown) == make(*shown)
    assert kept_drawing(drawing, 1.5, "a") == drawing(1.5, "a")


def test_other_code_or_libraries_draw_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_drawing(drawing, 1.5)
    monkeypatch.setattr(drawing_cache, "_maker", lambda: "other code")
    kept_drawing(drawing, 1.5)
    assert len(MADE) == 2


def test_a_drawing_is_kept_for_the_very_code_of_this_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    module = tmp_path / "inside" / "module.py"
    monkeypatch.setattr(drawing_cache, "PACKAGE", tmp_path)
    digests = set()
    for code in ("x = 1", "x = 2"):
        module.write_text(code)
        digests.add(drawing_cache._maker.__wrapped__())
    monkeypatch.setattr(drawing_cache, "VERSIONS", ("another",))
    assert len({*digests, drawing_cache._maker.__wrapped__()}) == 3


def test_a_damaged_drawing_is_made_anew(cache: Path) -> None:
    kept_drawing(drawing, 1.5)
    (file,) = (cache / "figures").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert kept_drawing(drawing, 1.5) == drawing(1.5)


def test_a_gallery_of_kept_drawings_is_the_one_that_is_drawn() -> None:
    compared = fake.architectures("000_convnet", "dense_512")
    found, images = fake.findings(compared, fake.fake_trials(compared, (0, 1))), {"mnist": fake.images()}
    drawn = gallery(found, images)
    assert gallery(found, images, kept_drawing) == drawn
    assert gallery(found, images, kept_drawing) == drawn
