"""Published bounds as typed data: the noun, its files and readers, and their translation to other models."""

from scotopic.bounds.bound import Bound, Citation, Reading
from scotopic.bounds.conventions import CONVENTIONS, Convention
from scotopic.bounds.files import bounds, load_bound, read_bound

__all__ = ["CONVENTIONS", "Bound", "Citation", "Convention", "Reading", "bounds", "load_bound", "read_bound"]
