"""More event files as generators write them, μμ and a stable Z′ of 1 GeV written by code: frames, tags, packing."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.detector.particle_codes import fate
from scotopic.errors import InputError
from scotopic.events import event_chunks
from scotopic.events.beams import to_lab
from scotopic.events.event_chunks import cut, joined
from scotopic.events.frames import sum_beams, with_beams_of
from scotopic.io import particles, read_events
from scotopic.numerics.lorentz import boost, invariant_mass2
from scotopic.study.sample_notes import sample_notes, survey_sample

CARD = load_experiment("belle2-2018")
HALF = 0.5 * CARD.beams.sqrt_s
MUON, Z = 0.1056583755, 1.0
N = 12
BEAMS = np.array([[HALF, 0.0, 0.0, HALF], [HALF, 0.0, 0.0, -HALF]])


def as_is(p):
    return p


def moved(beta):
    return lambda p: boost(p.T, np.array(beta)[:, None]).T


def turned(order):
    return lambda p: p[:, [0, *order]]


def in_laboratory(p):
    return CARD.beams.in_laboratory(p.T).T


def mirrored(p):
    """The laboratory whose beams cross to the other side."""
    return in_laboratory(p) * [1.0, -1.0, -1.0, 1.0]


def events():
    """Momenta (N, 3, 4) of μ-, μ+ and a recoil of 1 GeV in the centre of mass."""
    rng = np.random.default_rng(5)
    made = np.empty((N, 3, 4))
    for one in made:
        ways = rng.normal(size=(2, 3))
        first, second = ways / np.linalg.norm(ways, axis=1, keepdims=True)
        pair = rng.uniform(1.0, 8.0)
        recoil = np.sqrt(((2 * HALF) ** 2 - (pair + Z) ** 2) * ((2 * HALF) ** 2 - (pair - Z) ** 2)) / (
            4 * HALF
        )
        p = np.sqrt(0.25 * pair**2 - MUON**2)
        muons = np.array([[0.5 * pair, *(p * first)], [0.5 * pair, *(-p * first)]])
        beta = -recoil * second / np.hypot(recoil, pair)
        one[:2] = boost(muons.T, beta[:, None]).T
        one[2] = np.hypot(recoil, Z), *(recoil * second)
    return made


def row(code, status, p):
    return f"{code} {status} 0 0 0 0 {p[1]:.15e} {p[2]:.15e} {p[3]:.15e} {p[0]:.15e} 0 0 9\n"


def lhe(
    move=as_is, codes=(13, -13, 52), incoming=(11, -11), ids="11 -11", energies=None, weights=(1.0,), extra=""
):
    beams = move(BEAMS)
    first, second = beams[:, 0].tolist() if energies is None else energies
    text = f'<LesHouchesEvents version="3.0">\n<init>\n{ids} {first!r} {second!r} 0 0 0 0 3 1\n1e-2 1e-5 1 1\n</init>\n'
    for k, one in enumerate(events()):
        rows = [row(code, -1, p) for code, p in zip(incoming, beams, strict=False)]
        rows += [row(code, 1, p) for code, p in zip(codes, move(one), strict=True)]
        text += f"<event>\n{len(rows)} 1 {weights[k % len(weights)]!r} 10 0.0073 0.1\n{''.join(rows)}{extra}</event>\n"
    return text + "</LesHouchesEvents>\n"


def hepmc(codes=(13, -13, 52), status=1, beams=True, weights="1"):
    text = "HepMC::Version 3.02.06\nHepMC::Asciiv3-START_EVENT_LISTING\n"
    for k, one in enumerate(events()):
        particles = [(11, 4, BEAMS[0]), (-11, 4, BEAMS[1])] if beams else []
        lines = [f"E {k} 1 {len(particles) + 3}\nU GEV MM\nW {weights}\n"]
        particles += [(code, status, p) for code, p in zip(codes, one, strict=True)]
        for i, (code, state, p) in enumerate(particles, 1):
            if i == len(particles) - 2:
                lines.append("V -1 0 [1,2]\n" if beams else "V -1 0 []\n")
            four = " ".join(f"{x:.15e}" for x in (*p[1:], p[0]))
            lines.append(f"P {i} {0 if state == 4 else -1} {code} {four} 0 {state}\n")
        text += "".join(lines)
    return text + "HepMC::Asciiv3-END_EVENT_LISTING\n"


def seen(path, **given):
    """Return √s, recoil masses squared and cosines of the μ- to the electron beam, as the experiment has them."""
    read = read_events(path, sqrt_s=2 * HALF, **given)
    lab = joined(with_beams_of(cut(read), CARD.beams, sum_beams(cut(read))))
    lab = lab if lab.frame == "lab" else to_lab(lab, CARD.beams)
    total = CARD.beams.nominal.sum(axis=0)
    recoil = invariant_mass2(total[:, None] - lab.momenta[:2].sum(axis=0))
    still = boost(lab.momenta[0], -(total[1:] / total[0])[:, None])
    return (
        read,
        recoil,
        (still[1:] * CARD.beams.axis[:, None]).sum(axis=0) / np.linalg.norm(still[1:], axis=0),
    )


@pytest.mark.parametrize(
    "move",
    [
        as_is, turned((3, 1, 2)), turned((2, 3, 1)), moved((0.0, 0.0, 0.002)), moved((0.0, 0.0, 0.28)),
        moved((0.0, 0.0, -0.28)), moved((0.1, 0.2, 0.3)), in_laboratory, mirrored,
    ],
    ids=["cm", "along x", "along y", "almost at rest", "head-on", "swapped", "any boost", "card", "other side"],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_events_of_any_frame_show_the_same_to_the_experiment(move, packed, tmp_path):
    path = tmp_path / "a.lhe"
    path.write_bytes(gzip.compress(lhe(move).encode()) if packed else lhe(move).encode())
    _, recoil, cosine = seen(path)
    p = events()[:, 0]
    np.testing.assert_allclose(recoil, Z**2, atol=2e-5)
    np.testing.assert_allclose(cosine, p[:, 3] / np.linalg.norm(p[:, 1:], axis=1), atol=1e-6)


REFUSED = {
    "protons": (lhe(ids="2212 2212"), {}, "beams of the PDG codes 2212 and 2212 in <init>"),
    "muons": (lhe(ids="13 -13"), {}, "beams of the PDG codes 13 and -13 in <init>"),
    "quarks": (lhe(incoming=(1, -1)), {}, "beams of the PDG codes -1 and 1 coming in"),
    "two electrons": (lhe(incoming=(11, 11)), {}, "two electrons or two positrons"),
    "negative beam": (lhe(energies=(-HALF, HALF)), {}, "beams of"),
    "crossing without rows": (lhe(in_laboratory, incoming=()), {}, "names beams without their directions"),
    "cm called lab": (lhe(incoming=(), ids="0 0", energies=(0, 0)), {"frame": "lab"}, "give --frame cm"),
    "lab called cm": (
        lhe(in_laboratory, incoming=(), ids="0 0", energies=(0, 0)), {"frame": "cm"}, "give --frame lab"
    ),
    "code 0": (lhe(codes=(13, -13, 0)), {}, "PDG code 0"),
    "tiny weights": (lhe(weights=(1e-320,)), {}, "the event weights sum to"),
    "other case": (lhe().replace("event>", "EVENT>"), {}, "the tag <EVENT> is no name of LHE; expected <event>"),
    "text behind": (lhe() + "the end\n", {}, "goes on behind </LesHouchesEvents>"),
    "endless lines": (lhe()[:60] + "\n" * 200_000, {}, "empty lines"),
    "endless header": (lhe().replace("<init>", "<header>" + "a\n" * 1_000_003 + "</header><init>"), {}, "a header of"),
    "endless tag": (lhe().replace("<event>", "<event\n" + "a\n" * 200_000, 1), {}, "has no end"),
    "nothing final": (hepmc(status=2), {}, "holds no final-state particles"),
    "vertex of nothing": (hepmc(beams=False), {"frame": "cm"}, "no particle goes into vertex -1"),
}  # fmt: skip


@pytest.fixture(params=[5, 10_000])
def chunks(request, monkeypatch):
    """The sample in several chunks, the last one shorter, and in one."""
    for module in (particles, event_chunks):
        monkeypatch.setattr(module, "LENGTH", request.param)


@pytest.mark.parametrize("name", REFUSED)
def test_what_contradicts_itself_is_refused(name, chunks, tmp_path, capfd):
    text, given, said = REFUSED[name]
    path = tmp_path / "a.dat"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.dat") as fault:
        read_events(path, sqrt_s=2 * HALF, **given)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<event>", "<event npLO=' 2 '\n npNLO=' -1 '\n>"),
        lambda text: text + "\x1a",
        lambda text: text + "\n" + "\x00" * 512,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
    ],
    ids=["tag of three lines", "ctrl-Z", "zeros behind", "CRLF", "BOM"],
)
def test_dialects_keep_all_events(change, tmp_path):
    path = tmp_path / "a.lhe"
    path.write_bytes(change(lhe()).encode())
    assert len(read_events(path)) == N


def archive(kind):
    data, file = lhe().encode(), io.BytesIO()
    if kind == "zip archive":
        with zipfile.ZipFile(file, "w") as whole:
            whole.writestr("a.lhe", data)
    else:
        with tarfile.open(fileobj=file, mode="w") as whole:
            member = tarfile.TarInfo("a.lhe")
            member.size = len(data)
            whole.addfile(member, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (archive("zip archive"), "is a zip archive; unpack it"),
        (gzip.compress(archive("tar archive")), "is a tar archive; unpack it"),
        (lzma.compress(lhe().encode(), format=lzma.FORMAT_ALONE), "is packed as lzma; unpack it"),
        (gzip.compress(gzip.compress(lhe().encode())), "is packed twice (gzip); unpack it"),
        (bz2.compress(lzma.compress(lhe().encode())), "is packed twice (xz); unpack it"),
        (lhe().encode("utf-16"), "is text in UTF-16; save it in UTF-8"),
    ],
    ids=["zip", "tar.gz", "lzma", "twice", "bz2 of xz", "UTF-16"],
)
def test_other_packing_is_named(content, said, tmp_path):
    path = tmp_path / "a.lhe"
    path.write_bytes(content)
    with pytest.raises(InputError) as fault:
        read_events(path)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ((1.0,), None),
        ((3.0,), None),
        ((1.0, 1.0, -1.0), "4 of 12 weights are negative; the weighted events are worth 1.33"),
        ((1e6, *[1.0] * 11), "the weighted events are worth 1 of weight 1, of 12"),
    ],
)
def test_it_is_said_when_weighted_events_are_worth_few(weights, said, chunks, tmp_path):
    path = tmp_path / "a.lhe"
    path.write_text(lhe(weights=weights), encoding="utf-8")
    events = cut(read_events(path))
    notes = [note for note in sample_notes(events, CARD, survey_sample(events, "a.lhe")) if "weight" in note]
    assert (said is None and not notes) or (said is not None and said in notes[0])


def test_several_weights_of_hepmc_are_told(tmp_path):
    path = tmp_path / "a.hepmc"
    path.write_text(hepmc(weights="1 2 3"), encoding="utf-8")
    assert "every event has 3 weights; the nominal one is taken" in read_events(path).notes


@pytest.mark.parametrize("code", [81, 91, 92, 100, 110, 990, 9900024, 9900041, -9900042])
def test_codes_of_generators_and_doubly_charged_bosons_are_refused(code):
    with pytest.raises(InputError, match=r"generator's own use|is charged"):
        fate(code)
