# %% A file where it does not belong
from pathlib import Path
Path.home().parent.parent.joinpath("stray.txt").write_text("x")
