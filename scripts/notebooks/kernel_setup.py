"""Run once inside the kernel, before the first cell, in a namespace of its own: plots, and reading values at the end.

`runner` sends this file's text to the kernel; nothing imports it, and no notebook sees a name of it. It uses only
what the notebook's own environment has.
"""

import base64
import io
import json
import math
import os
import sys

from IPython import get_ipython
from IPython.core.formatters import BaseFormatter, PNGFormatter
from traitlets import Unicode

# 2 device pixels for each CSS pixel: sharp on a phone.
PIXELS_PER_CSS_PIXEL = 2
DARK_MIME = "image/x-dark-png"
# The light and dark values of docs/assets/css/tokens.css (a test compares), and what authors write as black and white.
DARK_OF = {
    "#20282c": "#dfe5e6", "#fdfcf9": "#15191b", "#e3dfd5": "#30383c", "#000000": "#dfe5e6", "#ffffff": "#15191b",
    "#0f6a7a": "#6fc3d1", "#b9500f": "#f2a268", "#6a4c93": "#bfa3e6", "#3f7d3a": "#8fcb86", "#a83260": "#ef8fb3", "#5f6b71": "#a9b4b9",
}
# Mean difference in steps of 256 below which a palette is taken.
MOST_MEAN_DIFFERENCE = 1.5
LONGEST_VECTOR = 100_000
LIBRARIES = ("numpy", "scipy", "sklearn", "matplotlib", "torch")


def _is_figure(thing):
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(thing, module.Figure)


def _render(figure):
    """PNG bytes of a figure, and its size in CSS pixels."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100 * PIXELS_PER_CSS_PIXEL, metadata={"Software": None})
    data = _fewer_colors(buffer.getvalue())
    width, height = (int.from_bytes(data[start:start + 4], "big") for start in (16, 20))
    return data, {"width": round(width / PIXELS_PER_CSS_PIXEL), "height": round(height / PIXELS_PER_CSS_PIXEL)}


def _fewer_colors(data):
    """The same picture with a palette where the eye sees no difference: about a quarter of the bytes."""
    import numpy as np
    from PIL import Image

    full = Image.open(io.BytesIO(data)).convert("RGBA")
    few = full.quantize(256)
    before, after = (np.asarray(image, dtype=float) for image in (full, few.convert("RGBA")))
    # Weighted by opacity: the color of a transparent pixel is nobody's.
    difference = np.abs(before[..., :3] - after[..., :3]) * before[..., 3:] / 255
    if difference.mean() > MOST_MEAN_DIFFERENCE:
        return data
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return min(buffer.getvalue(), data, key=len)


def _recolor(figure, table):
    """Swap single colors of every artist; colors that come from data through a color map stay."""
    from matplotlib import colors

    def swap(value):
        if isinstance(value, str) and value.lower() in ("none", "auto", "face"):
            return value
        red_green_blue_alpha = colors.to_rgba_array(value)
        changed = False
        for row in red_green_blue_alpha:
            twin = table.get(colors.to_hex(row[:3]))
            if twin is not None and row[3] > 0:
                row[:3] = colors.to_rgb(twin)
                changed = True
        return red_green_blue_alpha if changed else None

    for artist in figure.findobj():
        mapped = getattr(artist, "get_array", lambda: None)() is not None
        for name in ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor"):
            getter, setter = getattr(artist, f"get_{name}", None), getattr(artist, f"set_{name}", None)
            if getter is None or setter is None or (mapped and name in ("color", "facecolor")):
                continue
            if name == "color" and hasattr(artist, "set_facecolor"):
                continue
            try:
                old = getter()
                new = swap(old)
                if new is not None and not isinstance(new, str):
                    setter(tuple(new[0]) if len(new) == 1 else new)
            except (TypeError, ValueError):
                continue


class _LightFigure(PNGFormatter):
    """The plot as every notebook viewer knows it; everything else as IPython does it."""

    def __call__(self, thing):
        if not _is_figure(thing):
            return super().__call__(thing)
        data, size = _render(thing)
        return base64.b64encode(data).decode("ascii"), size


class _DarkFigure(BaseFormatter):
    """The same plot for the dark color scheme, beside it in the same output."""

    format_type = Unicode(DARK_MIME)

    def __call__(self, thing):
        if not _is_figure(thing):
            return None
        _recolor(thing, DARK_OF)
        try:
            data, _ = _render(thing)
        finally:
            _recolor(thing, {dark: light for light, dark in DARK_OF.items() if light not in ("#000000", "#ffffff")})
        return base64.b64encode(data).decode("ascii")


def _plain(value):
    """A scalar as a number, a one-dimensional value as its summary; None when it is neither."""
    if isinstance(value, bool):
        return None
    if type(value).__module__ == "torch" and hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        if getattr(value, "ndim", 0) > 1 or getattr(value, "size", 1) > LONGEST_VECTOR:
            return None
        value = value.tolist()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, (list, tuple)) and 0 < len(value) <= LONGEST_VECTOR:
        parts = []
        for item in value:
            if type(item).__module__ == "numpy" and getattr(item, "ndim", 1) == 0:
                item = item.item()
            if isinstance(item, bool) or not isinstance(item, (int, float)):
                return None
            parts.append(item)
        return _summary(parts)
    return None


def _summary(parts):
    """What receipts may say of a vector: its length, extremes, mean and sample standard deviation."""
    numbers = [float(part) for part in parts]
    mean = math.fsum(numbers) / len(numbers)
    spread = math.sqrt(math.fsum((part - mean) ** 2 for part in numbers) / (len(numbers) - 1)) if len(numbers) > 1 else 0.0
    return {"n": len(parts), "min": _number(min(parts)), "max": _number(max(parts)), "mean": _number(mean), "sd": _number(spread)}


def _number(value):
    # JSON has no infinities; beyond 2**63 an integer is exact only as text.
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else {"text": str(value)}
    value = float(value)
    return value if value - value == 0 else {"text": repr(value)}


def _finish(path):
    """Write what receipts need: the final values, and the versions of the libraries in use."""
    shell = get_ipython()
    values = {}
    for name, value in sorted(shell.user_ns.items()):
        if name.startswith("_") or name in shell.user_ns_hidden:
            continue
        try:
            plain = _plain(value)
        except Exception:
            continue
        if plain is not None:
            values[name] = plain
    versions = {"python": sys.version.split()[0].split("+")[0]}
    for name in LIBRARIES:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            versions["scikit-learn" if name == "sklearn" else name] = version.split("+")[0]
    with open(path, "w") as file:
        json.dump({"values": values, "versions": versions}, file)


def _guard(folder):
    """Where the system allows no namespaces: refuse connections, and writing outside the notebook's folder."""
    inside = tuple(os.path.realpath(part) + os.sep for part in (folder, "/dev"))

    def check(path):
        if isinstance(path, (str, bytes, os.PathLike)):
            real = os.path.realpath(os.fsdecode(path))
            if not (real + os.sep).startswith(inside):
                raise OSError(30, "Read-only file system", real)

    def hook(event, arguments):
        if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
            if event == "socket.getaddrinfo" or not isinstance(arguments[1], (str, bytes)):
                raise OSError(101, "Network is unreachable")
        elif event == "open":
            path, mode, flags = arguments
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                check(path)
        elif event in ("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod"):
            check(arguments[0])
        elif event in ("os.rename", "os.link", "os.symlink"):
            check(arguments[1])

    sys.addaudithook(hook)


def _install():
    shell = get_ipython()
    formatters = shell.display_formatter.formatters
    formatters["image/png"] = _LightFigure(parent=shell.display_formatter)
    formatters[DARK_MIME] = _DarkFigure(parent=shell.display_formatter)
    shell.display_formatter.active_types = list(formatters)
    shell._finish_notebook = _finish
    if folder := os.environ.pop("NOTEBOOK_GUARD", ""):
        _guard(folder)


_install()
