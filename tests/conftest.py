"""Hypothesis profiles: HYPOTHESIS_PROFILE chooses; else `ci` where CI=true, `dev` elsewhere."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("smoke", max_examples=10, deadline=None, derandomize=True)  # other builds of the same code
settings.register_profile("gate", max_examples=20, deadline=None, derandomize=True)  # under a tracer
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("deep", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev"))
