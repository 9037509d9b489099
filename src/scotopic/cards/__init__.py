"""Cards in TOML: one strict reader, which lists every fault with its place."""
