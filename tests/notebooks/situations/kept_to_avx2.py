# %% What the libraries chose
import ctypes
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_info
features = np._core._multiarray_umath.__cpu_features__
numpy_features = [name for name in ("X86_V3", "X86_V4", "AVX512_ICL", "AVX512_SPR") if features.get(name)]
blas = sorted({library["architecture"] for library in threadpool_info() if library["internal_api"] == "openblas"})
mkl = ctypes.CDLL(str(Path(torch.__file__).parent / "lib/libtorch_cpu.so")).mkl_serv_cbwr_get(-1)  # 2: its own choice, 3: COMPATIBLE, 10: AVX2
print(numpy_features, blas, torch.backends.cpu.get_cpu_capability(), mkl)
