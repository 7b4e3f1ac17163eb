# %% The time of day
import time
stamp = time.time_ns()
print(stamp)
