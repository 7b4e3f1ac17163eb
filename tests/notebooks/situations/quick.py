# %% Quick
answer = 6 * 7
