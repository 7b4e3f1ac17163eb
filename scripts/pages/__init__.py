"""What a page is: the contributor's file read once, with positions, for every later stage.

Called by checks, notebooks, search, roadmap and the MkDocs hooks. It judges nothing and imports no MkDocs.
"""
