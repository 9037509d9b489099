"""Several HEPData submissions of ours as one."""

import re
from collections.abc import Mapping
from pathlib import Path

from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.io.hepdata import LONGEST_NAME

_TEXT = r'"((?:[^"\\]|\\.)*)"'
_COMMENT = re.compile(rf"^comment: {_TEXT}$", re.MULTILINE)
_NAME = re.compile(rf"^name: {_TEXT}$", re.MULTILINE)
_FILE = re.compile(rf"^data_file: {_TEXT}$", re.MULTILINE)


def join_submissions(parts: Mapping[str, Path], folder: Path, *, comment: str) -> list[Path]:
    """Write one submission of several into a folder and return the paths.

    Parameters
    ----------
    parts : mapping of label to folder
        Submissions by `scotopic.io.hepdata.write_submission`; the label, such as ``fig2a``, starts the names of the
        part's tables and files.
    folder : Path
    comment : str
        Stands before the comments of the parts.
    """
    said, documents, contents = [comment], [], {}
    for label, part in parts.items():
        path = part / "submission.yaml"
        try:
            first, *tables = re.split(r"^---\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
            said.append(f"{label}: {_only(_COMMENT, first)[1]}")
            for table in tables:
                old_name, old_file = _only(_NAME, table), _only(_FILE, table)
                name, file = f"{label}: {old_name[1]}", old_file[1]
                if len(name) > LONGEST_NAME:
                    raise InputError(
                        f"{path}: {name!r} has {len(name)} characters, {LONGEST_NAME} are allowed"
                    )
                target = file if file.startswith(label) else f"{label}_{file}"
                if target in contents:
                    raise InputError(f"{path}: two tables would have the file {target}")
                contents[target] = (part / file).read_text(encoding="utf-8")
                table = table.replace(old_name[0], f'name: "{name}"', 1)
                documents.append(table.replace(old_file[0], f'data_file: "{target}"', 1))
        except (OSError, ValueError) as fault:
            raise InputError(f"{path}: is no submission written here ({fault})") from None
    contents["submission.yaml"] = "".join(
        f"---\n{one}" for one in (f'comment: "{"; ".join(said)}"\n', *documents)
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return [folder / name for name in contents]


def _only(pattern: re.Pattern[str], document: str) -> re.Match[str]:
    found = pattern.search(document)
    if found is None:
        raise ValueError(f"expected a line {pattern.pattern.partition(':')[0].lstrip('^')}: ...")
    return found
