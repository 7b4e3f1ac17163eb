# %% Quick
answer = sum([6] * 7)
