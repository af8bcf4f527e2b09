"""The post-install hook: `enable` writes it into an environment, `runtime` is what it writes."""
