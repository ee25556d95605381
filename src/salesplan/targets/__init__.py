"""Targets: state them, split them, follow them."""
