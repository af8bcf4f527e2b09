"""What distributions need by name: libraries, programs and files that no ELF file states."""
