"""The leg movements of psgscore beside those of people: what `psgscore validate` does."""
