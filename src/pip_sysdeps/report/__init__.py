"""Results as values: audit, verification, why, trees, differences."""
