"""What holds for every interactive figure's files."""

import pytest

from support import figures

MOST_BYTES = 50_000


def test_every_figure_of_the_folder_is_known():
    drawn = {path.stem for path in figures.FIGURES.glob("*.js") if "." not in path.stem} - {"common", "load"}
    assert set(figures.names()) == drawn


@pytest.mark.parametrize("name", figures.names())
def test_it_loads_under_fifty_kilobytes(name):
    loaded = figures.loaded(name)
    assert figures.FIGURES / "common.js" in loaded and len(loaded) >= 3
    assert sum(path.stat().st_size for path in loaded) + (figures.FIGURES.parents[1] / "css" / "figures.css").stat().st_size < MOST_BYTES
