"""Arrays, random streams, kinematics and solvers; the only door to jax."""
