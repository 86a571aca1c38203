"""Derivations of the steps, phase by phase; engine.derivation is the way in."""
