"""Published bounds as typed data: the noun, its file format and the tables that ship."""

from scotopic.bounds.bound import CONVENTIONS, Bound, Citation, Convention, Reading
from scotopic.bounds.files import bounds, load_bound, read_bound

__all__ = ["CONVENTIONS", "Bound", "Citation", "Convention", "Reading", "bounds", "load_bound", "read_bound"]
