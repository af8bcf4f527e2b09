"""The dynamic loader's search: one shared walk, and a folder of rules for each C library."""
