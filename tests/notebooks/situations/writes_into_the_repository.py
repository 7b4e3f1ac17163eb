# %% Changes the library
import numpy
from pathlib import Path
Path(numpy.__file__).with_name("stray.txt").write_text("x")
