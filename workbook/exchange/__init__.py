"""Formats in and out: one module per format, and the plan that shows an import before it is made."""
