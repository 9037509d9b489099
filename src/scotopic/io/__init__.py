"""Readers and writers of event files, detected events and candidates."""

from scotopic.io.detected import read_detected, write_detected
from scotopic.io.events import read_events, write_events
from scotopic.io.kinds import kind_of
from scotopic.io.ntuple import read_candidates, read_ntuple

__all__ = [
    "kind_of",
    "read_candidates",
    "read_detected",
    "read_events",
    "read_ntuple",
    "write_detected",
    "write_events",
]
