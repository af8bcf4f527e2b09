"""What the dynamic loader does: one walk, and the rules of each C library in a folder of its own."""
