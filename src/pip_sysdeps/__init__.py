"""pip-sysdeps: which system libraries an environment's distributions need, and the binary packages that have them."""

__version__ = "0.1.0"
