"""Results to text, one file for each output format."""
