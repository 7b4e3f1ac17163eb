# %% Writes for ever
with open("large.bin", "wb") as file:
    while True:
        file.write(bytes(10_000_000))
