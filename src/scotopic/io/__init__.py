"""Readers and writers of event files, detected events, candidates, histograms and results for others."""

from scotopic.io.compression import file_and_name
from scotopic.io.detected import read_detected, write_detected
from scotopic.io.events import read_event_chunks, read_events, writable, write_events
from scotopic.io.hepdata import write_submission
from scotopic.io.histograms import read_histogram
from scotopic.io.hs3 import hs3_document, write_hs3
from scotopic.io.kinds import kind_of
from scotopic.io.ntuple import read_candidates, read_ntuple
from scotopic.io.pyhf_workspace import window_workspace, window_workspaces
from scotopic.io.window_model import window_models

__all__ = [
    "file_and_name",
    "hs3_document",
    "kind_of",
    "read_candidates",
    "read_detected",
    "read_event_chunks",
    "read_events",
    "read_histogram",
    "read_ntuple",
    "window_models",
    "window_workspace",
    "window_workspaces",
    "writable",
    "write_detected",
    "write_events",
    "write_hs3",
    "write_submission",
]
