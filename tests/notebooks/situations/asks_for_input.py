# %% Asks
name = input("Your name? ")
