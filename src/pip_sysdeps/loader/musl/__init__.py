"""The rules of musl's dynamic loader. Source: musl's ldso/dynlink.c, 1.2.3 to 1.2.5; each rule names its function."""
