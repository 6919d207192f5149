"""Events and a hypnogram become verdicts and numbers; no signals here."""
