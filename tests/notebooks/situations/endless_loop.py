# %% Fine
value = 1

# %% Never ends
while True:
    pass
