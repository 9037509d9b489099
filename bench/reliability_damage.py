"""Faults in good files, for `bench/reliability_inputs.py`: in bytes, inside packings, and in trees of values."""

import gzip
import json
import lzma
import random
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import uproot
import yaml
from hypothesis import strategies as st
from pyarrow import parquet

TOKENS = [
    b"nan", b"inf", b"-inf", b"-1", b"0", b"1e999", b"1e300", b"9" * 400, b"1e-320", b"null", b"true", b'""', b"{}",
    b"[]", b"[" * 5000, b"{" * 5000, b"(" * 300, b"\x00", b"\xff\xfe", b"\xc3\xa9", b"$\\frac{$", b"&a [*a,*a]",
    b"!!python/object:os.system", b"../../x.toml", b"/dev/zero", b"\r", b"\n\n", b"#", b",", b":", b"=", b"'", b'"',
    b"2147483648", b"18446744073709551616", b"1.0D+02", b"1_0", b"<event>", b"</event>", b"<init>", b"<!--", b"]]>",
    b"P 1 0 11 0 0 0 0 0 4", b"V -1 0 []", b"W 1 2 3", b"@", b"\\|", b"99999999",
]  # fmt: skip
BREAKS = b" \t\n,:=[]{}\"'"


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return content with one to four faults."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not data:
            break
        at = rng.randrange(len(data))
        end = min(len(data), at + rng.choice((1, 2, 8, 64, 512)))
        kind = rng.randrange(11)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at:end]
        elif kind == 3:
            data[at:at] = data[at:end] * rng.choice((1, 2, 50))
        elif kind == 4:
            data[at:end] = rng.randbytes(end - at)
        elif kind == 5:
            data[at:end] = bytes(end - at)
        elif kind == 6:
            data[at:at] = rng.choice(TOKENS)
        elif kind == 7:
            lines = bytes(data).split(b"\n")
            lines[rng.randrange(len(lines))] = rng.choice(lines)
            data = bytearray(b"\n".join(lines))
        else:
            _replace_word(data, at, rng)
    return bytes(data)


def _replace_word(data: bytearray, at: int, rng: random.Random) -> None:
    first = last = at
    while first > 0 and data[first - 1] not in BREAKS and at - first < 64:
        first -= 1
    while last < len(data) and data[last] not in BREAKS and last - at < 64:
        last += 1
    data[first:last] = rng.choice(TOKENS)


def damage(good: Path, path: Path, rng: random.Random) -> None:
    """Write a good file with faults, half of the time inside its packing: gzip, or the header of a table."""
    if rng.random() < 0.5 and good.suffix == ".gz":
        inside = mutated(gzip.decompress(good.read_bytes()), rng)
        path.write_bytes(gzip.compress(inside, compresslevel=1, mtime=0))
    elif rng.random() < 0.5 and good.suffix == ".xz":
        path.write_bytes(lzma.compress(mutated(lzma.decompress(good.read_bytes()), rng), preset=0))
    elif (
        rng.random() < 0.5
        and good.suffix == ".parquet"
        and (table := parquet.read_table(good)).schema.metadata
    ):
        header = {key: mutated(value, rng) for key, value in table.schema.metadata.items()}
        parquet.write_table(table.replace_schema_metadata(header), path)
    elif rng.random() < 0.3 and good.stem in ("events", "few", "flown") and good.suffix == ".root":
        _damage_root_header(good, path, rng)
    else:
        path.write_bytes(mutated(good.read_bytes(), rng))


def _damage_root_header(good: Path, path: Path, rng: random.Random) -> None:
    with uproot.open(good) as old:
        header, columns = str(old["scotopic"]), old["events"].arrays(library="np")
    with uproot.recreate(path) as new:
        types = {key: np.dtype((values.dtype, values.shape[1:])) for key, values in columns.items()}
        new.mktree("events", types).extend(columns)
        new["scotopic"] = mutated(header.encode(), rng).decode(errors="replace")


TREES = (".toml", ".json", ".yaml")
"""Formats whose values hypothesis replaces."""

WORDS = (
    "",
    " ",
    "nan",
    "-1",
    "1e999",
    "0x10",
    "/dev/zero",
    "../x.toml",
    "$\\frac{$",
    "é",
    "a" * 300,
    "GeV",
    "%",
    "\x00",
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=12)
    | st.sampled_from((0, -1, 2**31, 2**63, 2**64, 10**400, 1e308, -0.0))
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def load_tree(good: Path) -> Any:
    """Return the values of a text; an empty tree for a case that is none, or whose aliases multiply."""
    try:
        text = good.read_text(encoding="utf-8")
        return {} if good.suffix == ".yaml" and "*" in text else _loaded(text, good)
    except (ValueError, RecursionError, yaml.YAMLError):
        return {}


def _loaded(text: str, good: Path) -> Any:
    if good.suffix == ".toml":
        return tomllib.loads(text)
    return json.loads(text) if good.suffix == ".json" else yaml.safe_load(text)


@st.composite
def trees(draw: st.DrawFn, good: Any) -> Any:
    """A tree of values with one to three places removed, renamed, repeated or of another value."""
    tree = json.loads(json.dumps(good, default=str))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(tree))
        if not places:
            return draw(values)
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        action = draw(st.sampled_from(("value", "value", "value", "remove", "rename", "repeat", "wrap")))
        if action == "value":
            holder[key] = draw(values)
        elif action == "remove":
            del holder[key]
        elif action == "wrap":
            holder[key] = [holder[key]]
        elif isinstance(holder, list):
            holder.extend([holder[key]] * draw(st.sampled_from((1, 3, 100))))
        else:
            holder[draw(st.text(max_size=10))] = holder[key] if action == "repeat" else holder.pop(key)
    return tree


def _places(tree: Any) -> Any:
    """Yield (holder, key) of all values below a tree."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in list(keys):
        yield tree, key
        yield from _places(tree[key])


def write_tree(tree: Any, path: Path, suffix: str) -> None:
    if suffix == ".json":
        text = json.dumps(tree)
    elif suffix == ".yaml":
        text = yaml.safe_dump(tree, allow_unicode=True)
    elif isinstance(tree, dict):
        text = "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in tree.items())
    else:
        text = _toml(tree)
    path.write_text(text, encoding="utf-8", errors="replace")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return '""' if value is None else json.dumps(value)
