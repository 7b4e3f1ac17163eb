"""The search index, built from the sources. Its client and its ranking are docs/assets/js/search/."""
