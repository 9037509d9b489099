"""A shelf of searches by signature, one file per search; a search of one's own comes by its path or as an object."""

from importlib import import_module
from pathlib import Path

from scotopic.analysis.search import Search
from scotopic.errors import InputError
from scotopic.user_code import run_file

_MODULES = {
    "alp-gammagamma": "three_photons.alp_gammagamma",
    "zprime-invisible": "dilepton_and_recoil.zprime_invisible",
    "zprime-lfv": "dilepton_and_recoil.zprime_lfv",
    "darkhiggs-invisible": "dilepton_and_recoil.darkhiggs_invisible",
    "darkphoton-invisible": "single_photon.darkphoton_invisible",
    "alp-invisible": "single_photon.alp_invisible",
    "darkphoton-visible": "dilepton_and_photon.darkphoton_visible",
}


def searches() -> tuple[str, ...]:
    """Return the names of the searches."""
    return tuple(_MODULES)


def get_search(name: str) -> Search:
    """Return the search of a name, or the one that a Python file makes.

    Raises
    ------
    InputError
        For a name that is none, or a file that makes no search or several.
    """
    if name in _MODULES:
        module = import_module(f"scotopic.searches.{_MODULES[name]}")
        found: Search = getattr(module, name.replace("-", "_").upper())
        return found
    if name.endswith(".py"):
        return _from_file(Path(name))
    raise InputError(
        f"unknown search {name[:100]!r}; there are: {', '.join(searches())}, or the path of a .py file"
    )


def _from_file(path: Path) -> Search:
    """Return the search that a file makes: its ``SEARCH``, or the one whose name is no shipped one's."""
    made = vars(run_file(path, "search"))
    if isinstance(made.get("SEARCH"), Search):
        one: Search = made["SEARCH"]
        return one
    names = {value.name: value for value in made.values() if isinstance(value, Search)}
    own = [value for name, value in names.items() if name not in _MODULES]
    if len(own) != 1:
        raise InputError(
            f"search file {path}: expected one search of its own, as SEARCH = Search(...); it makes "
            f"{', '.join(one.name for one in own) or 'none'}"
        )
    return own[0]
