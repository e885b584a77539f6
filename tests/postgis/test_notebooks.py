"""Each notebook runs from top to bottom, with a database of its own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.contracts import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_from_top_to_bottom(path: Path) -> None:
    notebook = nbformat.read(path.open(encoding="utf-8"), as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}})
    done = client.execute()
    shown = [output for cell in done.cells for output in cell.get("outputs", ())]
    texts = [output.get("text", "") for output in shown]
    assert any("rejected" in text for text in texts)
    assert any("violation-hours suppressed" in text for text in texts)
    assert [output for output in shown if output.output_type == "error" or output.get("name") == "stderr"] == []
