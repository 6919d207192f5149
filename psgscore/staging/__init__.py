"""Signals to stages with probabilities, and sleep onset within the epoch."""
