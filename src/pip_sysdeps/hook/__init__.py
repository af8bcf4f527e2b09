"""The hook that runs after pip: `enable` writes it into an environment, `runtime` is its code."""
