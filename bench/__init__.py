"""Benchmarks: each measures a floor, a peer and our own code side by side, in one run."""
