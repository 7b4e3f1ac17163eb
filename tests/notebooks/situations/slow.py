# %% Slow
import time
time.sleep(15)
