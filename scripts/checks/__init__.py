"""What a contribution is checked for: one file per family, every check with a stable id.

`checks.run` is what the command line, the tests and the continuous integration call; `registry.yml` says what
each id means, `policy/` holds what a non-programmer may want to change. Nothing here builds a page or starts a kernel.
"""
