"""The command ``list``: what there is, each with one line."""

from collections.abc import Callable, Mapping

import click

from scotopic.app.output import print_json, print_table

PROCESSES = {
    "e- e+ > gamma gamma": "sm: annihilation to two photons",
    "e- e+ > gamma gamma gamma": "sm: annihilation to three photons",
    "e- e+ > gamma gamma gamma gamma": "sm: annihilation to four photons",
    "e- e+ > e- e+": "sm: Bhabha scattering",
    "e- e+ > e- e+ gamma": "sm: radiative Bhabha scattering",
    "e- e+ > e- e+ gamma gamma": "sm: doubly radiative Bhabha scattering",
    "e- e+ > mu- mu+": "sm: muon pairs",
    "e- e+ > mu- mu+ gamma": "sm: radiative muon pairs",
    "e- e+ > mu- mu+ gamma gamma": "sm: doubly radiative muon pairs",
    "e- e+ > tau- tau+": "sm: τ pairs, without decays",
    "e- e+ > tau- tau+ gamma": "sm: radiative τ pairs, without decays",
    "e- e+ > e- e+ mu- mu+": "sm: muon pairs with electrons, two-photon and all other diagrams",
    "e- e+ > e- e+ tau- tau+": "sm: τ pairs with electrons",
    "e- e+ > e- e+ e- e+": "sm: two electron pairs",
    "e- e+ > pi+ pi-": "sm: pion pairs, with the measured form factor",
    "e- e+ > pi+ pi- gamma": "sm: pion pairs and a photon that the beams radiate",
    "e- e+ > nu_e nu_e~ gamma": "sm: a photon and electron neutrinos, by W and Z",
    "e- e+ > nu_mu nu_mu~ gamma": "sm: a photon and muon neutrinos, by Z",
    "e- e+ > gamma a": "alp-photon: ALP-strahlung",
    "e- e+ > e- e+ a": "alp-photon: photon fusion and ALP-strahlung",
    "e- e+ > gamma Ap": "dark-photon: dark photon and a photon",
    "e- e+ > gamma chi chi~": "dark-photon: dark matter and a photon",
    "e- e+ > Ap hd": "dark-higgs: dark Higgsstrahlung",
    "e- e+ > mu- mu+ Zp": "lmu-ltau: Z′ radiated by a muon",
    "e- e+ > tau- tau+ Zp": "lmu-ltau: Z′ radiated by a τ",
    "e- e+ > e- mu+ Zp": "lfv-zprime: Z′ of a toy model that turns e into μ",
    "e- e+ > mu- e+ Zp": "lfv-zprime: the other charges",
}


def _models() -> dict[str, str]:
    from importlib import import_module

    from scotopic.physics.registry import models

    modules = {name: import_module(f"scotopic.physics.models.{name.replace('-', '_')}") for name in models()}
    return {name: (module.__doc__ or "").splitlines()[0] for name, module in modules.items()}


def _processes() -> dict[str, str]:
    return dict(PROCESSES)


def _searches() -> dict[str, str]:
    from scotopic.searches import get_search, searches

    found = [get_search(name) for name in searches()]
    return {one.name: f"{one.title}: {one.signature}" for one in found}


def _experiments() -> dict[str, str]:
    from scotopic.detector.card import experiments, load_experiment

    lines = {}
    for name in experiments():
        card = load_experiment(name)
        beams = card.beams
        triggers = [line for line in ("ffo", "hie", "lml1", "lml6", "lml13") if getattr(card.trigger, line)]
        lines[name] = (
            f"{beams.electron_GeV:g} on {beams.positron_GeV:g} GeV, √s = {beams.sqrt_s:.4f} GeV, "
            f"level 1: {', '.join(triggers)}"
        )
    return lines


def _bounds() -> dict[str, str]:
    from scotopic.bounds import bounds, load_bound

    found = {name: load_bound(name) for name in bounds()}
    return {
        name: f"{one.label} ({one.model}, {one.kind}): {one.citation.text}" for name, one in found.items()
    }


CATALOGUES: Mapping[str, Callable[[], dict[str, str]]] = {
    "models": _models,
    "processes": _processes,
    "searches": _searches,
    "experiments": _experiments,
    "bounds": _bounds,
}


@click.command("list")
@click.argument("what", type=click.Choice(list(CATALOGUES)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def list_(what: str, as_json: bool) -> None:
    """List models, processes, searches, experiments or bounds."""
    found = CATALOGUES[what]()
    if as_json:
        print_json({"names": list(found), "summaries": found})
    else:
        print_table(what, ("name", "summary"), list(found.items()), text=("summary",))
