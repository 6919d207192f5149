"""Frozen values: what every other part of psgscore speaks in."""
