"""Begin a page: `new` from the map, `importer` from a Jekyll post or an .ipynb. Called by the command line alone."""
