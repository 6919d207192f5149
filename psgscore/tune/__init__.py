"""The detector fitted to a lab's own scorers, and judged on recordings it was not fitted on."""
