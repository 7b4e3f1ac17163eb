"""Executed notebooks: run them safely, cache what they gave, and put it on pages with receipts.

Order of the data's way: `source` reads notebook.py, `cache` knows whether its result is there, `execute`
runs it in `sandbox`, `run` does many at once, `receipts` judges the numbers of a page against the result,
`embed` puts results into a page and `page` renders the notebook itself. None of it imports MkDocs.
"""
