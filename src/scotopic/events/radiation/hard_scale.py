"""The scale up to which a beam radiates.

A charge that annihilates radiates up to s. One that is scattered, like the electrons of Bhabha scattering or of
two-photon processes, radiates up to s' t/u only, s' being the squared mass of the collision after radiation: what the
charges before and after it radiate at larger angles than that of the scattering cancels. It is the scale of BabaYaga
(C. M. Carloni Calame et al., Nucl. Phys. B 584 (2000) 459). An electron that goes on undisturbed radiates nothing.
"""

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.numerics.spinors import momentum_transfer
from scotopic.physics.amplitudes.squared import light_cone
from scotopic.physics.processes import Process
from scotopic.physics.standard_model import ELECTRON_MASS


def is_scattered(process: Process) -> bool:
    """Return whether an electron of the beams may be among what comes out."""
    return bool(set(process.incoming) & set(process.outgoing))


def hard_scales(process: Process, momenta: Floats, root: Floats) -> Floats:
    """Return the scales (2, N) of both beams, GeV², of momenta (slots, 4, N) with the electron along +z.

    |t| is the smallest momentum transfer to a particle that the beam may have become, and -u = s' - |t|.
    """
    zero = np.zeros(root.shape)
    beam = np.sqrt(0.25 * root**2 - ELECTRON_MASS**2)
    scales = []
    for name, sign in zip(process.incoming, (1.0, -1.0), strict=True):
        incoming = np.stack([0.5 * root, zero, zero, sign * beam])
        scale = root**2
        for slot in (i for i, other in enumerate(process.outgoing) if other == name):
            before, after = light_cone(np.stack([incoming, momenta[slot]]), 2 * (ELECTRON_MASS,))
            transfer = np.abs(momentum_transfer(tuple(before), tuple(after), ELECTRON_MASS))
            scale = np.minimum(scale, root**2 * transfer / np.maximum(root**2 - transfer, transfer))
        scales.append(scale)
    return np.stack(scales)
