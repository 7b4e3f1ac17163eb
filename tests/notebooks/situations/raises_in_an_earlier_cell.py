# %% A function
def mean(numbers):
    total = sum(numbers)
    return total / len(numbers)

# %% Its first use
mean([])
