# %% [markdown]
# # Raises
# %% Fine
value = 1

# %% Divide by the number of steps
n_steps = 0
loss = value
loss / n_steps
