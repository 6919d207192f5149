"""Signals become events, one algorithm per file."""
