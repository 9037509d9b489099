"""The noun `Axis`: one coordinate of the points at which a search sets limits."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Axis:
    """A coordinate of points.

    Attributes
    ----------
    name, unit : str
        Such as ``mass`` and ``GeV``. A coordinate in GeV is a mass and has a resolution.
    scale : {"linear", "log"}
        How points are spread and drawn.
    label : str
        In figures, with the unit.
    heading : str
        In HEPData tables.
    """

    name: str = "mass"
    unit: str = "GeV"
    scale: Literal["linear", "log"] = "linear"
    label: str = "mass (GeV)"
    heading: str = "MASS"

    @property
    def is_mass(self) -> bool:
        """Whether the coordinate is a mass."""
        return self.unit == "GeV"

    @property
    def column(self) -> str:
        """Return the name of a column of a table."""
        return f"{self.name}_{self.unit}"

    def to_json(self) -> dict[str, Any]:
        """Return name, unit and scale."""
        return {"name": self.name, "unit": self.unit, "scale": self.scale}
