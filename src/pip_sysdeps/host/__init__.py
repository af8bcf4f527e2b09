"""The only package that reads the machine. It opens files and decides nothing; every entry point takes a `Root`."""
