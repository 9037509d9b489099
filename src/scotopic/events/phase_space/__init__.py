"""Phase space of a process: cuts, diagrams, channels that follow their peaks, where an integral diverges."""
