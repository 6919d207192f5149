"""Values only: channel labels, units, rule sets, label tables, the JSON schema."""
