# %% [markdown]
# # Works: companion notebook
# With $x^2$ and [a link](index.md).

# %% [markdown]
# ## A section

# %% Numbers
import numpy as np
rng = np.random.default_rng(0)
mean_score = float(rng.normal(size=1000).mean())
seed_scores = [float(np.random.default_rng(seed).normal()) for seed in range(5)]
table_of_values = np.arange(6).reshape(2, 3)
words = "not a number"
flag = True
n_rows = np.int64(1797)
infinite = float("inf")
print("mean", mean_score)
table_of_values

# %% A plot alt="A line that rises"
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([0, 1, 2], [0, 1, 4], "k--", label="squares")
ax.legend()
plt.show()

# %% Its own data and module
import helper
rows = open("data.csv").read().split()
n_data_rows = len(rows) + helper.ONE
