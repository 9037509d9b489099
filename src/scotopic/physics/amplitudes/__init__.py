"""Tree amplitudes from one recursion over off-shell currents."""
