# %% Take everything, piece by piece
pieces = []
while True:
    pieces.append(bytearray(b"x" * 50_000_000))
