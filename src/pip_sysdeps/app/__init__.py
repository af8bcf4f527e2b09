"""The use cases, which the command line, the hook and the API call."""
