"""Benchmarks: medians and ratios, measured in one run and never asserted in tests."""
