"""Build the results of commands as values: audit, verification, why, trees, differences."""
