"""What the dynamic loader would do, as pure functions. Each cites ld.so(8) or glibc's source."""
