"""The files of any result: figures, tables, HEPData, JSON."""
