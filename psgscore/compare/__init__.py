"""Scorings of one recording or of many, compared: what `psgscore compare` does."""
