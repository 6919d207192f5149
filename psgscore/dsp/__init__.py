"""Filters, envelopes, resting levels and the signal gate: arrays in, arrays out."""
