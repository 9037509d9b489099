"""Files of Pythia's events as its users write them: the whole decay tree, in the centre of mass."""

import numpy as np
import pyhepmc

TAU_PAIRS = ("WeakSingleBoson:ffbar2gmZ = on", "23:onMode = off", "23:onIfAny = 15")
B_PAIRS = (*TAU_PAIRS[:2], "23:onIfAny = 5")


def pythia_events(process, n, seed=1, sqrt_s=10.579):
    """Return the records of n events: lists of (id, final, mothers, (E, px, py, pz), proper time, (ct, x, y, z))."""
    import pythia8mc

    pythia = pythia8mc.Pythia("", False)
    setup = [
        "Print:quiet = on",
        "Beams:idA = 11",
        "Beams:idB = -11",
        f"Beams:eCM = {sqrt_s}",
        "PDF:lepton = off",
    ]
    for line in (*setup, "Random:setSeed = on", f"Random:seed = {seed}", *process):
        assert pythia.readString(line)
    assert pythia.init()
    records = []
    while len(records) < n:
        if not pythia.next():
            continue
        event = pythia.event
        records.append(
            [
                (
                    q.id(),
                    q.isFinal(),
                    (q.mother1(), q.mother2()),
                    (q.e(), q.px(), q.py(), q.pz()),
                    q.tau(),
                    (q.tProd(), q.xProd(), q.yProd(), q.zProd()),
                )
                for q in (event[k] for k in range(1, event.size()))
            ]
        )
    return records


def write_pythia_lhe(path, records, sqrt_s=10.579):
    """Write records as LHE with the proper times of all particles in VTIMUP."""
    half = 0.5 * sqrt_s
    lines = [
        '<LesHouchesEvents version="3.0">',
        "<init>",
        f"11 -11 {half} {half} 0 0 0 0 3 1",
        "1.0 0.0 1.0 1",
        "</init>",
    ]
    for record in records:
        lines += ["<event>", f"{len(record)} 1 1.0 {sqrt_s} -1 -1"]
        for number, (code, final, mothers, p, tau, _) in enumerate(record):
            status = -1 if number < 2 else 1 if final else 2
            numbers = " ".join(f"{x:.16e}" for x in (*p[1:], p[0]))
            lines.append(f"{code} {status} {mothers[0]} {mothers[1]} 0 0 {numbers} 0.0 {tau:.16e} 9.0")
        lines.append("</event>")
    path.write_text("\n".join([*lines, "</LesHouchesEvents>"]) + "\n")


def write_pythia_hepmc(path, records):
    """Write records as HepMC3 with the places and times of all vertices."""
    with pyhepmc.open(str(path), "w", precision=16) as file:
        for record in records:
            event = pyhepmc.GenEvent(pyhepmc.Units.GEV, pyhepmc.Units.MM)
            particles = []
            for number, (code, final, _, p, _, _) in enumerate(record):
                status = 4 if number < 2 else 1 if final else 2
                particles.append(pyhepmc.GenParticle((*p[1:], p[0]), code, status))
            vertices = {}
            for particle, (_, _, (first, last), _, _, place) in zip(particles, record, strict=True):
                if first == 0:
                    continue
                mothers = tuple(range(first, max(first, last) + 1)) if last - first < 2 else (first, last)
                if mothers not in vertices:
                    vertices[mothers] = pyhepmc.GenVertex((*place[1:], place[0]))
                    for mother in mothers:
                        vertices[mothers].add_particle_in(particles[mother - 1])
                    event.add_vertex(vertices[mothers])
                vertices[mothers].add_particle_out(particle)
            event.weights = [1.0]
            file.write(event)


def finals(record):
    """Return code, momentum and production point of the final particles of a record, as arrays."""
    kept = [(code, p, place) for code, final, _, p, _, place in record if final]
    return (
        np.array([c for c, _, _ in kept]),
        np.array([p for _, p, _ in kept]),
        np.array([x for *_, x in kept]),
    )
