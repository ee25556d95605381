"""How long `import salesplan` and `import salesplan.pricing` take, next to `import attrs`.

Each import runs in a new interpreter and times only its own statement; the rounds are interleaved, so that a
slow moment of the machine falls on all of them. Nothing is subtracted. A first round, not counted, fills a
bytecode cache that is thrown away at the end, so that it does not matter what was compiled before.

    python benchmarks/import_time.py [rounds]
"""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory

MODULES = ("attrs", "salesplan", "salesplan.pricing")
TIMED = """\
from time import perf_counter
began = perf_counter()
import {module}
print(perf_counter() - began)
"""


def seconds(module: str, env: dict[str, str]) -> float:
    """Return how long a new interpreter takes to import *module*."""
    command = [sys.executable, "-c", TIMED.format(module=module)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout)


def main(rounds: int) -> None:
    with TemporaryDirectory() as cache:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = cache
        every = [{module: seconds(module, env) for module in MODULES} for _ in range(rounds + 1)]
    times = {module: [spent[module] for spent in every[1:]] for module in MODULES}
    print(f"{'import':20}{'min ms':>10}{'median ms':>12}{'x attrs, min':>14}{'x attrs, median':>17}")
    base = times["attrs"]
    for module, spent_list in times.items():
        least, middle = min(spent_list), median(spent_list)
        print(
            f"{module:20}{least * 1e3:10.2f}{middle * 1e3:12.2f}{least / min(base):14.2f}{middle / median(base):17.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
