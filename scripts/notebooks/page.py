"""The notebook as a page of its own: the executed copy that mkdocs-jupyter renders. Called by `run` and the hooks."""

from __future__ import annotations

import json


def executed_notebook(result) -> str:
    """The executed notebook as .ipynb text: today's prose and titles with the cached outputs, same input same bytes."""
    cells, code = [], 0
    for index, cell in enumerate(result.notebook.cells):
        node = {"cell_type": cell.kind, "id": f"cell-{index}", "metadata": {**cell.metadata, **({"title": cell.title} if cell.title else {})},
                "source": cell.source}
        if cell.kind == "code":
            node |= {"execution_count": code + 1, "outputs": result.outputs[code] if code < len(result.outputs) else []}
            code += 1
        cells.append(node)
    notebook = {"cells": cells, "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                                             "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
