# %% One huge array
import numpy as np
table = np.ones((200_000, 200_000))
