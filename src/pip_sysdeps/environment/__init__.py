"""The Python side: interpreter, site directories, distributions, their files, wheels."""
