"""ELF files: headers, dynamic section, symbols, notes and relocations as facts."""
