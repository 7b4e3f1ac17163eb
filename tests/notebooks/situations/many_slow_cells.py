# %% One
import time
time.sleep(2)
# %% Two
time.sleep(2)
# %% Three
time.sleep(2)
# %% Four
time.sleep(2)
# %% Five
time.sleep(2)
# %% Six
time.sleep(2)
# %% Seven
time.sleep(2)
# %% Eight
time.sleep(2)
