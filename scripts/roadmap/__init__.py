"""The coverage map: which pages there are to be, in what order, and what each stands on.

Called by the MkDocs hooks (navigation, lists, page headers), the checks (map family) and the scaffold.
"""
