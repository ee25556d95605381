"""A team may copy the exact ground floor and pricing under a name of its own, without numpy and dateutil."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import salesplan

PACKAGE = Path(salesplan.__file__).parent

BLOCK = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"numpy", "dateutil", "salesplan"}:
            raise ImportError(f"{name} is blocked here")

sys.meta_path.insert(0, Block())
sys.path.insert(0, HERE)
"""

PRICE_A_CART = """
import json
from datetime import datetime, timezone

from acme._vendor.salesplan import rulebook
from acme._vendor.salesplan.money import Money
from acme._vendor.salesplan.pricing import (
    Basis, Cart, CartLine, PercentOff, Phase, Promotion, Shopper, SpendAndSave, price,
)
from acme._vendor.salesplan.rate import Rate

def cny(amount):
    return Money.of(amount, "CNY")

cart = Cart([CartLine("python-101", cny("199.00"), quantity=2), CartLine("exam-book", cny("45.00"))])
spend_and_save = SpendAndSave({cny("300"): cny("50"), cny("600"): cny("120")}, basis=Basis.RUNNING)
autumn = Promotion("autumn", spend_and_save)
student = Promotion("student", PercentOff(Rate.percent("10")), code="STUDENT10", phase=Phase.COUPON)
at = datetime(2026, 11, 11, 8, tzinfo=timezone.utc)
shopper = Shopper(codes=["STUDENT10"])
priced = price(cart, [autumn, student], at=at, shopper=shopper)

stored = json.loads(json.dumps([rulebook.to_data(promotion) for promotion in (autumn, student)]))
back = [rulebook.from_data(data, Promotion) for data in stored]
again = price(cart, back, at=at, shopper=shopper)

print(json.dumps({
    "total": str(priced.total),
    "total again": str(again.total),
    "same rules": back == [autumn, student],
    "same name of the class": type(priced).__module__.startswith("acme._vendor.salesplan."),
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
}))
"""


def run(code: str, here: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"HERE = {str(here)!r}\n{BLOCK}\n{code}"]
    return subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    vendored = tmp_path / "acme" / "_vendor" / "salesplan"
    vendored.mkdir(parents=True)
    for package in (tmp_path / "acme", tmp_path / "acme" / "_vendor"):
        (package / "__init__.py").touch()
    for file in PACKAGE.glob("*.py"):
        shutil.copy(file, vendored)
    shutil.copytree(PACKAGE / "pricing", vendored / "pricing", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_vendored_pricing_gives_the_same_total(acme: Path) -> None:
    done = run(PRICE_A_CART, acme)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert not {"numpy", "dateutil", "salesplan"} & {*said.pop("modules")}
    assert said == {
        "total": "CNY 353.70",
        "total again": "CNY 353.70",
        "same rules": True,
        "same name of the class": True,
    }


@pytest.mark.parametrize("module", ["numpy", "dateutil", "salesplan"])
def test_the_block_blocks(acme: Path, module: str) -> None:
    done = run(f"import {module}", acme)
    assert done.returncode != 0
    assert f"{module} is blocked here" in done.stderr
