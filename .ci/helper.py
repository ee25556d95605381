"""The parts of .ci/run that read better in Python. Standard library only.

snapshot DEST         copy the tracked and new, not ignored, files of this checkout to DEST
readme MARKER         the command in the fence after <!-- MARKER --> in README.md
lowest                pins for the lowest dependencies allowed; nothing but on the oldest Python allowed
check-sdist FILE      it holds every file of its include list and nothing else
check-wheel FILE      it holds the package and its metadata and nothing else
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ADDED_BY_HATCHLING = {"PKG-INFO", ".gitignore"}


def snapshot(dest: str) -> None:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in {*names} - {""}:
        if (ROOT / name).is_file():  # not deleted since it was tracked
            target = Path(dest, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


def readme(marker: str) -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    fences = re.findall(rf"<!-- {re.escape(marker)} -->\s*```\w*\n(.*?)\n```", text, flags=re.DOTALL)
    if len(fences) != 1:
        sys.exit(f"README.md has {len(fences)} fences marked {marker}, not one")
    return str(fences[0])


def lowest() -> str:
    project = pyproject()["project"]
    _, oldest = lower_bound("python" + project["requires-python"])
    if oldest != f"{sys.version_info.major}.{sys.version_info.minor}":
        return ""  # a numpy that old has no wheels for a Python this new
    return " ".join("==".join(lower_bound(requirement)) for requirement in project["dependencies"])


def lower_bound(requirement: str) -> tuple[str, str]:
    plain = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)", requirement)
    if plain is None:
        sys.exit(f"not a plain lower bound: {requirement}")
    return plain[1], plain[2]


def check_sdist(path: str) -> None:
    with tarfile.open(path) as archive:
        held = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    include = {entry.strip("/") for entry in pyproject()["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    absent = {entry for entry in include if not (ROOT / entry).exists()}
    wanted = {file for file in files_under(ROOT) if PurePosixPath(file).parts[0] in include}
    compare("sdist", held=held - ADDED_BY_HATCHLING, wanted=wanted | absent)


def check_wheel(path: str) -> None:
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    held = {name for name in names if ".dist-info/" not in name}
    compare("wheel", held=held, wanted=files_under(ROOT / "src"))
    told = {name.partition(".dist-info/")[2] for name in names - held}
    compare("metadata", held=told & {"METADATA", "licenses/LICENSE"}, wanted={"METADATA", "licenses/LICENSE"})


def compare(what: str, *, held: set[str], wanted: set[str]) -> None:
    if held != wanted:
        sys.exit(f"{what}: missing {sorted(wanted - held)}, unexpected {sorted(held - wanted)}")
    print(f"{what}: {len(held)} files, none missing, none too many")


def files_under(top: Path) -> set[str]:
    return {file.relative_to(top).as_posix() for file in top.rglob("*") if file.is_file()}


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def main(*words: str) -> None:
    match words:
        case "snapshot", dest:
            snapshot(dest)
        case "readme", marker:
            print(readme(marker))
        case ("lowest",):
            print(lowest())
        case "check-sdist", path:
            check_sdist(path)
        case "check-wheel", path:
            check_wheel(path)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
