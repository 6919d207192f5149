"""What people read: the report, drawn from a `Score` and from nothing else."""
