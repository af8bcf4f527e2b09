"""Questions about results: audit, verification, why, trees, differences."""
