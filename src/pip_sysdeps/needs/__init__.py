"""Who needs which library from whom."""
