"""sysdeps.lock: the document, building it from a scan, merging, staleness, policy, selection."""
