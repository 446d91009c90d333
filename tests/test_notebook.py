"""The notebook is executed as a newcomer would, and shows what it promises."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs" / "ten_minutes.ipynb"
# Lives as short as what is asserted allows.
BRIEFER = {
    "20_000": "1_500",
    "frames=200": "frames=20",
    "animals=16": "animals=6",
    "[10:20]": "[5:10]",
    "8_000, [lines": "4_000, [lines",
    "steps=8_000": "steps=500",
}


def test_the_notebook_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs"), "the notebook is kept without outputs"
        for whole, brief in BRIEFER.items():
            cell.source = cell.source.replace(whole, brief)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    players = [output for output in outputs if "<iframe" in output.get("data", {}).get("text/html", "")]
    assert len(players) == 4
    assert any("image/png" in output.get("data", {}) for output in outputs)
    said = "".join(output.get("text", "") for output in outputs)
    assert float(said.split("learning adds ")[1].split(" ")[0]) > 0.0
    assert (tmp_path / "life.html").is_file()
