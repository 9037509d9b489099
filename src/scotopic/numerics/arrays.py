"""Types of arrays: real and complex numbers, whole numbers of 64 and 32 bits, indices, truth values."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Ints = NDArray[np.int64]
ShortInts = NDArray[np.int32]
Indices = NDArray[np.intp]
Bools = NDArray[np.bool_]
