"""Formats in and out: tables that come in are planned and shown first; what goes out can come in again."""
