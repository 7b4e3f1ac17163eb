# %% Downloads
import urllib.request
urllib.request.urlopen("https://example.org/data.csv", timeout=5)
