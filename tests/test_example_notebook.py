"""The example notebook: small, with the outputs of one run in order, and it still runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLE = Path(__file__).parents[1] / "examples" / "compare.ipynb"
MOST_BYTES = 100_000
pytest_plugins = ["real_mnist"]


def example() -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(EXAMPLE, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def cells() -> list[nbformat.NotebookNode]:
    return [cell for cell in example().cells if cell.cell_type == "code"]


def test_the_example_is_small_and_has_the_outputs_of_one_run_from_top_to_bottom() -> None:
    assert EXAMPLE.stat().st_size < MOST_BYTES
    assert [cell.execution_count for cell in cells()] == list(range(1, len(cells()) + 1))
    assert not [output for cell in cells() for output in cell.outputs if output.output_type == "error"]
    shown = {kind for cell in cells() for output in cell.outputs for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= shown


def test_its_outputs_name_no_folder_of_the_machine_that_made_them() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert not [folder for folder in ("/tmp/", "/home/", "/root/", "/Users/") if folder in text]  # noqa: S108


@pytest.mark.training
@pytest.mark.usefixtures("mnist")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Jupyter's own
def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where it has its results
    notebook = example()
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    text = str(notebook)
    assert "4 trials trained, 0 failed" in text
    assert "002_without_dropout" in text
