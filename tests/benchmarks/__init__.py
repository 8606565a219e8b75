"""Measurements: `make bench` prints the rows of README.md in this folder. Timings never decide a test."""
