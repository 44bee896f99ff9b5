"""Every notebook runs from top to bottom, its own assertions included."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")  # of the kernel's own libraries
def test_notebook_runs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "minh họa" in said  # what is shown says that it is illustrative


def test_the_four_notebooks_are_there_with_their_outputs() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "1-an-archive-in-ten-minutes",
        "2-precedents-across-years-and-provinces",
        "3-goals-over-time-plotted",
        "4-how-well-do-we-search",
    ]
    for path in NOTEBOOKS:
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2
        assert path.stat().st_size < 200_000
