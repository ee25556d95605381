"""The house rules that a reader of one file cannot see: what an import loads, and what src never does."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import salesplan

PACKAGE = Path(salesplan.__file__).parent
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
MODULES = sorted(["salesplan", *(module.name for module in pkgutil.walk_packages(salesplan.__path__, "salesplan."))])
NEED_MORE_THAN_ATTRS = {"calendar", "columns", "proportion"}
EXACT = sorted({path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} - NEED_MORE_THAN_ATTRS)
RUNTIME = {"attr", "attrs", "numpy", "dateutil"}


# --- what an import loads --------------------------------------------------------------------------------


def loaded_by(statement: str) -> set[str]:
    """Return the top-level names outside the standard library that *statement* loads in a new interpreter."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()} - sys.stdlib_module_names


def test_root_loads_nothing_third_party() -> None:
    assert loaded_by("import salesplan") == {"salesplan"}


def test_root_loads_no_module_of_its_own() -> None:
    code = "import sys, salesplan; print(*(name for name in sys.modules if name.startswith('salesplan.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("module", ["commission", "pricing", *EXACT])
def test_exact_modules_load_attrs_alone(module: str) -> None:
    assert loaded_by(f"import salesplan.{module}") <= {"salesplan", "attr", "attrs"}


def test_loaded_by_sees_numpy() -> None:
    assert "numpy" in loaded_by("import numpy")


# --- the lazy root ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", salesplan.__all__)
def test_root_names_resolve_in_a_new_interpreter(name: str) -> None:
    code = f"import salesplan; assert salesplan.{name} is not None; assert {name!r} in dir(salesplan)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_root_apportion_is_the_module() -> None:
    from salesplan.apportion import apportion

    assert isinstance(salesplan.apportion, ModuleType)
    assert salesplan.apportion.apportion is apportion


def test_root_refuses_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Moneyy'"):
        salesplan.Moneyy  # type: ignore[attr-defined]  # noqa: B018


# --- what src never does ---------------------------------------------------------------------------------

FORBIDDEN_MODULES = {
    "asyncio", "dateutil.parser", "dateutil.tz", "io", "logging", "os", "pathlib", "pickle", "random",
    "secrets", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
FORBIDDEN_CALLS = {"breakpoint", "compile", "eval", "exec", "input", "open", "print"}
CLOCKS = {"now", "today", "utcnow"}


def breaches(source: str) -> Iterator[str]:
    """Yield each construct in *source* that the house rules forbid."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield from import_breaches(alias.name)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                yield from import_breaches(module)
                for alias in names:
                    if f"{module}.{alias.name}" in FORBIDDEN_MODULES:
                        yield f"import of {module}.{alias.name}"
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                yield f"call of {name}"
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                yield f"call of {name}: a clock"
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="random"), attr=name)):
                yield f"call of random.{name}: a generator is passed in"
            case ast.Constant(value=str(text)) if re.fullmatch(r"salesplan(\.\w+)+", text):
                yield f"module path in a string: {text}"
            case ast.Global():
                yield "module state that changes"
            case _:
                pass


def import_breaches(module: str) -> Iterator[str]:
    parts = module.split(".")
    if parts[0] == "salesplan":
        yield f"import of {module}: imports inside the package are relative"
    elif parts[0] not in sys.stdlib_module_names | RUNTIME:
        yield f"import of {module}: not a dependency"
    if {".".join(parts[: n + 1]) for n in range(len(parts))} & FORBIDDEN_MODULES:
        yield f"import of {module}"


@pytest.mark.parametrize("file", FILES)
def test_src_keeps_the_house_rules(file: str) -> None:
    assert list(breaches((PACKAGE / file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import salesplan.money",
        "from salesplan import money",
        "import pandas",
        "import random",
        "from os import environ",
        "import os.path",
        "from time import time",
        "import dateutil.tz",
        "from dateutil import parser",
        "from dateutil.parser import parse",
        "print(1)",
        "with open('x') as f: pass",
        "datetime.now()",
        "dt.date.today()",
        "np.random.default_rng()",
        "import_module('salesplan.money')",
        "def f():\n    global state\n    state = 1",
    ],
)
def test_breaches_are_seen(source: str) -> None:
    assert list(breaches(source)) != []


def test_lawful_source_has_no_breaches() -> None:
    source = "from datetime import time\nfrom .money import Money\nimport numpy\nfrom dateutil.rrule import rrule"
    assert list(breaches(source)) == []


# --- public names ----------------------------------------------------------------------------------------


def undocumented(module: ModuleType) -> list[str]:
    """Return the names in `__all__` of *module* whose class, function or module has no own docstring."""
    public = {name: getattr(module, name) for name in getattr(module, "__all__", [])}
    return [
        name
        for name, value in public.items()
        if (inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value))
        and not (vars(value) if inspect.isclass(value) else {"__doc__": value.__doc__}).get("__doc__")
    ]


@pytest.mark.parametrize("name", MODULES)
def test_public_names_have_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    assert undocumented(module) == []


def test_undocumented_names_are_seen() -> None:
    class Parent:
        """Documented."""

    class Child(Parent):
        pass

    module = ModuleType("made_up")
    vars(module).update({"Parent": Parent, "Child": Child, "limit": 3, "__all__": ["Child", "Parent", "limit"]})
    assert undocumented(module) == ["Child"]


@pytest.mark.parametrize("name", MODULES)
def test_public_lists_are_true(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert len(set(public)) == len(public)
    assert [entry for entry in public if not hasattr(module, entry)] == []
