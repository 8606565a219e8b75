"""Formats in: tables in CSV and XLSX files, and the plan that shows an import before it is made."""
