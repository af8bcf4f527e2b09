"""Results to text, one module for each output format."""
