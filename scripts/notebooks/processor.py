"""Which instructions a notebook's libraries may choose. Used by `execute` for every run and by `run` for the second of `--twice`.

NumPy, OpenBLAS, PyTorch, oneDNN and MKL look at the processor and add up in another order on another one, so the same
seed trains another network. Every run is therefore kept to what all x86-64 processors with AVX2 have: a page's digits
are then the same on the laptop that typed them and on the machine that checks them. MKL looks at the maker as well: on a
processor that is not Intel's it ignores every branch but COMPATIBLE, which would be the same on both and takes twice the time.
Intel's keep the fast branch; what a network's last digits do on the others `--twice` shows.
"""

from __future__ import annotations

import platform
from pathlib import Path

COMMON = {"ATEN_CPU_CAPABILITY": "avx2", "OPENBLAS_CORETYPE": "Haswell", "DNNL_MAX_CPU_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
MKL_OF_INTEL, MKL_OF_OTHERS = {"MKL_ENABLE_INSTRUCTIONS": "AVX2", "MKL_CBWR": "AVX2"}, {"MKL_CBWR": "COMPATIBLE"}
# Without MKL_CBWR: MKL then takes a branch that is not the one of the first run, SSE 4.2 where Intel made the processor.
REDUCED = {"ATEN_CPU_CAPABILITY": "default", "OPENBLAS_CORETYPE": "Prescott", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
           "DNNL_MAX_CPU_ISA": "SSE41", "ONEDNN_MAX_CPU_ISA": "SSE41"}
# NumPy's names for what it may choose at run time, AVX2 being the third version of x86-64.
NUMPY_AVX2 = "X86_V3"


def common_environment() -> dict[str, str]:
    """Variables that keep the libraries to AVX2; none where the processor lacks it or is of another kind."""
    chosen = _numpy_chosen()
    if platform.machine().lower() not in ("x86_64", "amd64") or NUMPY_AVX2 not in chosen:
        return {}
    return COMMON | (MKL_OF_INTEL if _is_intels() else MKL_OF_OTHERS) | _numpy_without([name for name in chosen if name != NUMPY_AVX2])


def reduced_environment() -> dict[str, str]:
    """Variables that keep the libraries to what every x86-64 processor has."""
    return REDUCED | _numpy_without(_numpy_chosen())


def _is_intels() -> bool:
    try:
        return "GenuineIntel" in Path("/proc/cpuinfo").read_text("utf-8", errors="replace")
    except OSError:
        return "Intel" in platform.processor()


def _numpy_chosen() -> list[str]:
    """The features that NumPy can choose in this process; naming one that the processor lacks is an error to it."""
    from numpy._core import _multiarray_umath as core

    return [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]


def _numpy_without(features: list[str]) -> dict[str, str]:
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(features)} if features else {}
