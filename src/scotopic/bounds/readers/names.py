"""What the name of a column says: quantity, power, logarithm, unit, factor, and which kind of limit it is.

One rule for the readers of all formats. What a name leaves open stays empty; what can mean two things is asked.
"""

import math
import re
from dataclasses import dataclass

from scotopic.bounds.readers.units import energy, is_unit, plain, take_scale
from scotopic.errors import InputError

OTHER = "another quantity"
KINDS_OF_QUANTITY = ("cross section", "branching fraction")
"""Of which several conventions are; a name that says so fits each of them."""

_QUANTITIES = (
    (r"(?<!\d)(?<!\d )(?<![a-z])sig(?:ma)?(?![a-z])(?!\s*[+-]?[12](?!\d))|cross[ -]?section|(?<![a-z])xsec",
     "cross section"),
    (r"(?<![a-z])br?\s*\((?!-)|(?<![a-z])br(?![a-z])|branching", "branching fraction"),
    (r"(?:^\W*|limits? on )y(?![a-z_'])", "dark-photon:y"),
    (r"epsilon\^?2\s*[x*]?\s*alpha_?d", "dark-higgs:eps2alphaD"),
    (r"alpha'\s*/\s*alpha(?:_?em)?(?![a-z])", "dark-photon:epsilon^2"),
    (r"(?<![a-z])g_?[({]?a_?(?:gamma|gg|yy|γ)[a-z]*[)}]?", "alp-photon:g"),
    (r"(?<![a-z])g_?(?:gamma|gg)[a-z]*|axion[- ]photon|photon[ _-]coupling|coupling to photons", "alp-photon:g"),
    (r"(?<![a-z])g_?a?_?(?:ee|e|nn|n|pp|p|mumu|mu|d|tautau|s)(?![a-z0-9])|(?:electron|nucleon|neutron|proton|scalar)"
     r"[ _-](?:electron[ _-])?coupling|(?<![a-z])d_?m?_?e(?![a-z])", OTHER),
    (r"sin\^?2?\s*\(?\s*2\s*theta", OTHER),
    (r"sin\^?2\s*_?\(?\s*theta\)?|sin\s*\(?theta\)?\s*\^2", "dark-scalar:sintheta^2"),
    (r"sin\s*_?\(?\s*theta\)?", "dark-scalar:sintheta"),
    (r"(?<![a-z])g_?[({]?\s*b\s*-\s*l[)}]?|(?<![a-z])gbl(?![a-z])", "b-minus-l:g"),
    (r"(?<![a-z])g'|gprime|g_?[({]?l?_?mu\s*-?\s*l?_?tau[)}]?", "lmu-ltau:gprime"),
    (r"(?<![a-z])epsilon|(?<![a-z])eps(?![a-z])|kinetic[ _-]mixing|(?<![a-z])kappa", "dark-photon:epsilon"),
)  # fmt: skip
_MASS = (
    r"(?<![a-z])mass(?:es)?(?![a-z])",
    r"^(?:log_?10|lg|ln|log)?[\s_(]*m(?![a-z^])",
    r"^(?:log_?10|lg|ln|log)?[\s_(]*m_?(?:[axzvhsdn]|zp|ap|dp|phi|chi|alp|dm|dark)['p]?(?![a-z^])",
    r"^(?:log_?10|lg|ln|log)?[\s_(]*m\s*\([^)]*\)(?![a-z^])",
)
_UNIT_BEHIND = (
    r"^(.*?)_(per_\w+|[A-Za-zµ]+\d?)$",
    r"^(.*\S)\s+(per\s+\w?eV)$",
    r"^(.*\S)[\s,]+(?:in\s+)?(1/\w?eV|\S+)$",
    r"^(.*\S)\s+in\s+(\S+)(?:\s.*)?$",
)
_NO_LIMIT = (
    r"efficien|acceptance|events|(?<![a-z])yield|counts|resolution|p-?_?val|(?<![a-z])p0|signif|(?<![a-z])z_|lumin|"
    r"background|(?<![a-z])number|shat|(?<![a-z])q0|status|(?<![a-z])index|lifetime|(?<![a-z])width|reference|"
    r"(?<![a-z])ref(?![a-z])|comment|(?<![a-z])note|mass[ _]window|"
    r"(?<![a-z])n[ _]*(?:obs|exp|sig|bkg|bg|evts?|data|mc|tot)(?![a-z])"
)
_ERROR = r"error|uncert|±|\+/-|(?<![a-z])(?:stat|syst?|err)(?![a-z])"
_BAND = (
    r"[12]\s*_?(?:sigma|s\.?d\.?)(?![a-z])|(?<![a-z])(?:sigma|sd)\s*[=_]?\s*[+-]?[12](?!\d)|(?<![a-z])band|quantile|"
    r"percentile|(?<![a-z])[pm][12]s(?![a-z])|[+-][12]\s?s(?![a-z])"
)
_EXPECTED = r"expect|median|asimov|(?<![a-z])exp(?![a-z])"
_OBSERVED = r"observ|(?<![a-z])obs(?![a-z])"
_PROJECTED = (
    r"projection|projected|(?<![a-z])proj(?![a-z])|prospect|forecast|(?<![a-z])future|sensitivit|"
    r"(?<![a-z])reach(?![a-z])|(?<![a-z])sens(?![a-z])"
)
_NOT_EXCLUDED = r"(?<![a-z])(?:allowed|preferred|favou?red|viable|best[ _-]?fit)(?![a-z])"
_SIMULATED = r"pseudo ?data|simulated (?:data|expectation)|what is observed is the expectation"
"""Words of limits that no measured data are behind, such as ours of pseudo-data."""
_LOW = r"(?<![a-z])(?:lower|low|lo|min|minimum|bottom|down)(?![a-z])"
_HIGH = r"(?<![a-z])(?:upper|up|high|hi|max|maximum|top)(?![a-z])"


@dataclass(frozen=True)
class Name:
    """What a name says.

    Attributes
    ----------
    text : str
        As written.
    unit : str
        As written; empty where the name has none.
    convention : str
        Key of `CONVENTIONS`, one of `KINDS_OF_QUANTITY`, `OTHER` for a quantity that is none of them, empty if it
        names none.
    power : int
        Of the quantity: 2 of ε².
    base : float
        Of the logarithm, 0 without one.
    scale : float
        What the numbers are to be multiplied with.
    """

    text: str
    unit: str
    convention: str
    power: int
    base: float
    scale: float

    @property
    def is_open(self) -> bool:
        """Whether the name says nothing about the quantity."""
        return not self.convention and self.power == 1 and self.base == 0.0 and self.scale == 1.0

    @property
    def meaning(self) -> tuple[str, int, float, float]:
        """What must agree with another statement about the same numbers."""
        return self.convention, self.power, self.base, self.scale


def read_name(text: str, unit: str = "") -> Name:
    """Return what a name says, and a unit where the format has it apart.

    Raises
    ------
    InputError
        For a logarithm without a base, a power that is not 2, a product with the mass, two units, an unclear factor.
    """
    bare, own = split_unit(plain(text))
    own = own.strip()
    apart = plain(unit).strip().strip("[]").strip()
    bare, scale_of_name = take_scale(bare)
    own, scale_of_own = take_scale(own)
    apart, scale_apart = take_scale(apart)
    if own and apart and own.lower() not in apart.lower() and apart.lower() not in own.lower():
        raise InputError(f"{text!r} and its unit {unit!r} do not agree")
    scales = {scale for scale in (scale_of_name, scale_of_own, scale_apart) if scale != 1.0}
    if len(scales) > 1:
        raise InputError(f"{text!r} has two factors")
    bare, base = _take_logarithm(bare, text)
    if re.search(
        r"(?:\*|(?<![a-z])x|times)\s*(?:mass|m)(?![a-z])|(?<![a-z])(?:mass|m)\s*(?:\*|x\s)", bare.lower()
    ):
        raise InputError(f"{text!r} is a product with the mass")
    if re.search(r"‰|(?<![a-z])(?:per ?mille?|ppm|ppb)(?![a-z])", f"{bare} {own} {apart}".lower()):
        raise InputError(f"{text!r} has a factor that is no power of ten such as 10^-6")
    convention, power = _quantity(bare.lower(), text)
    return Name(text, apart or own, convention, power, base, next(iter(scales), 1.0))


def split_unit(bare: str) -> tuple[str, str]:
    """Return a plain name and its unit: ``mass_GeV``, ``m [GeV]``, ``m (GeV)``, ``m / GeV``, ``m in GeV``.

    What stands in square brackets, or has eV in it, is taken as a unit even if it is none that is known.
    """
    brackets = [m for m in re.finditer(r"\[([^\[\]]*)\]|\(([^()]*)\)", bare) if (m[1] or m[2] or "").strip()]
    for sure in (True, False):
        for found in reversed(brackets):
            inside = found[1] or found[2]
            if is_unit(inside) if sure else _like_unit(inside, found[1] is not None):
                rest = bare[: found.start()] + " " + bare[found.end() :]
                return " ".join(rest.split()), inside
    ratio = re.search(
        r"(?<=[\w)'])\s*/\s*(\w?eV(?:\^?-1)?(?:/c\^?2)?|[afpnu]b)(?=\s*\)|\s*$)", bare, re.IGNORECASE
    )
    if ratio and is_unit(ratio[1]):
        return (bare[: ratio.start()] + bare[ratio.end() :]).strip(), ratio[1]
    for pattern in _UNIT_BEHIND:
        tail = re.match(pattern, bare)
        if tail and re.search("[a-zA-Z]", tail[2]) and (is_unit(tail[2]) or _like_unit(tail[2], False)):
            return tail[1], tail[2]
    return bare, ""


def _like_unit(text: str, square: bool) -> bool:
    """Return whether a text must be a unit although it is none that is known."""
    if re.fullmatch(r"[\d.xX*^/+-]*(?:per_?)?[kMGTm]?eV[\w^/*.+-]*", text.strip()):
        return True
    is_remark = re.search(r"\d{4}\.\d{4,5}|%|cl(?![a-z])|level|arxiv", text.lower()) or role(text) != "limit"
    return square and not is_remark and len(text) <= 20


def _take_logarithm(bare: str, text: str) -> tuple[str, float]:
    found = re.search(r"(?<![a-z])(log_?\(?10\)?|lg|ln|log)(?=[\s_(])[\s_]*", bare, re.IGNORECASE)
    if not found:
        return bare, 0.0
    word = re.sub(r"[_()]", "", found[1].lower())
    if word == "log":
        raise InputError(f"{text!r} is a logarithm without a base, log10 or ln")
    base = math.e if word == "ln" else 10.0
    before = bare[: found.start()].rstrip()
    if before.endswith("-"):  # -log10 x is the logarithm of x to the base 1/10
        before, base = before[:-1], 1.0 / base
    return before + " " + bare[found.end() :], base


def _quantity(bare: str, text: str) -> tuple[str, int]:
    matches = [
        (m, name)
        for pattern, name in _QUANTITIES
        if (m := re.search(pattern, bare)) and (name != "dark-photon:y" or "Y" in text)
    ]
    if not matches:
        general = re.search(r"\^\s*\(?(-?\d+)|(?<![a-z])squared|_sq(?![a-z])", bare)
        return "", _checked_power(int(general[1]) if general and general[1] else 2 if general else 1, text)
    found, name = min(matches, key=lambda one: (one[0].start(), -one[0].end()))
    name, _, stated = name.partition("^")
    _check_alone(bare[: found.start()], bare[found.end() :], name, text)
    if name in ("dark-photon:y", "dark-higgs:eps2alphaD", OTHER, *KINDS_OF_QUANTITY):
        return name, 1
    tail = re.match(
        r"[)|}\]']*\s*(?:\^\s*\(?(-?\d+)\)?|_?(2)(?![\d.a-z%])|_?sq(?![a-z])|[ _]squared)",
        bare[found.end() :],
    )
    power = int(tail[1] or tail[2] or 2) if tail else 1
    if re.search(r"square of|squared (?:kinetic|coupling)", bare):
        power = 2
    return name, int(stated) if stated and power == 1 else _checked_power(power, text)


def _check_alone(before: str, behind: str, name: str, text: str) -> None:
    """Refuse a quantity with something beside it that changes the number: ``1/ε``, ``√ε``, ``2 ε``, ``ε √B``."""
    behind = re.sub(r"^(?:[)|}\]'\s]|\^\s*\(?-?\d+\)?)+", "", behind)
    changed = re.search(
        r"(?:sqrt|root(?: of)?|√|/|(?<!\w)\d\.?\d*\s*[*x]?)[\s({|\[]*$|[*×][\s({|\[]*$", before
    )
    ratio = re.match(r"/\s*[\w(]", behind)
    product = name not in KINDS_OF_QUANTITY and re.match(
        r"[*×]\s*\S|x\s+[a-z(]|times\s|(?:sqrt|√|br?\s*\(|br(?![a-z])|alpha_?d)(?!.*=)", behind
    )
    if changed or ratio or product:
        raise InputError(f"{text!r} is the quantity with a factor, a ratio or a root of it")


def _checked_power(power: int, text: str) -> int:
    if power not in (1, 2):
        raise InputError(f"{text!r}: power {power} of a coupling, expected the coupling or its square")
    return power


def is_simulated(text: str) -> bool:
    """Return whether a text says that its limits are of pseudo-data."""
    return re.search(_SIMULATED, _words(plain(text).lower())) is not None


def is_mass(text: str) -> bool:
    """Return whether a name is that of a mass."""
    bare = plain(text).lower()
    other = f"{_NO_LIMIT}|{_ERROR}|[*]|mixing|coupling|limit|epsilon"
    return not re.search(other, bare) and any(re.search(pattern, bare) for pattern in _MASS)


def mass_edge(text: str) -> str:
    """Return ``"low"`` or ``"high"`` for an edge of a bin in mass, else an empty text."""
    bare = plain(text).lower()
    return "low" if re.search(_LOW, _words(bare)) else "high" if re.search(_HIGH, _words(bare)) else ""


def role(text: str) -> str:
    """Return what a column of limits is.

    One of ``none`` (no limit), ``error``, ``band``, ``expected``, ``observed``, ``projection``, ``lower``, ``upper``,
    ``limit``.
    """
    bare = _words(plain(text).lower())
    says_limit = re.search(r"limit|bound|exclu", bare)
    if re.search(_ERROR, bare):
        return "error"
    if re.search(r"(?<![a-z])(?:events|yields?)(?![a-z])", bare):
        return "none"
    if re.search(_NO_LIMIT, bare) and not says_limit:
        return "none"
    if re.search(_BAND, bare):
        return "band"
    edge = re.sub(
        r"(?:upper|lower)[ ](?:limit|bound|exclusion)s?", lambda m: "lower" if "lower" in m[0] else " ", bare
    )
    low, high = re.search(_LOW, edge), re.search(_HIGH, edge)
    if re.search(_EXPECTED, bare):
        return "band" if low or high else "expected"
    for pattern, name in ((_PROJECTED, "projection"), (_OBSERVED, "observed")):
        if re.search(pattern, bare):
            return name
    return "lower" if low else "upper" if high else "limit"


def _words(bare: str) -> str:
    return re.sub(r"[_\-]+", " ", bare)


def is_not_excluded(text: str) -> bool:
    """Return whether a text speaks of what is allowed or preferred."""
    return re.search(_NOT_EXCLUDED, _words(plain(text).lower())) is not None


def is_dark_matter(text: str) -> bool | None:
    """Return whether a mass is of the dark matter; None if its name says neither that nor a mediator."""
    bare = _words(plain(text).lower())
    if re.search(
        r"(?<![a-z])m ?\(?(?:chi|dm)(?![a-z])|dark matter|(?<![a-z])(?:dm|wimp) mass|mass of chi", bare
    ):
        return True
    mediator = r"(?<![a-z])m ?\(?(?:a'|ap|dp|zp|z'|v)(?![a-z])|dark photon|mediator"
    return False if re.search(mediator, bare) else None


def kind_of_text(text: str, *, prose: bool = False) -> str:
    """Return ``projection``, ``expected``, ``observed`` or an empty text; `prose` counts sure words only."""
    bare = _words(plain(text).lower())
    if re.search(_SIMULATED, bare):
        return "projection"
    sure = r"projection|projected|prospect|forecast|(?<![a-z])future(?![a-z])|(?<![a-z])reach(?![a-z])"
    if re.search(sure if prose else _PROJECTED, bare):
        return "projection"
    if prose:
        return ""
    return "observed" if re.search(_OBSERVED, bare) else "expected" if re.search(_EXPECTED, bare) else ""


def mass_factor(name: Name, place: str) -> float:
    """Return the unit of a mass in GeV.

    Raises
    ------
    InputError
        If there is none, or it is no unit of mass.
    """
    ask = "give mass=UNIT, such as mass=GeV"
    try:
        factor = energy(name.unit)
    except InputError as fault:
        raise InputError(f"{place}: {fault}; {ask}") from None
    if factor is None:
        said = f"is {name.unit!r}" if name.unit else "is not stated"
        raise InputError(
            f"{place}: unit of the mass {said} ({name.text[:60]!r}), expected eV, keV, MeV, GeV or TeV; {ask}"
        )
    return factor
