"""The needs of each distribution, and their providers."""
