"""The rules of glibc's dynamic loader. Source: ld.so(8); glibc elf/."""
