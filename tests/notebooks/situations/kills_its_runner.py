# %% Kills what runs it
import os
import signal
os.kill(os.getppid(), signal.SIGKILL)
import time
time.sleep(60)
