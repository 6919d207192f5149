"""Many recordings: a manifest becomes tasks, tasks become outcomes, one failure never spreads."""
