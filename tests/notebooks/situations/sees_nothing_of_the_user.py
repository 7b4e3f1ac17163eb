# %% What is there
import os
import sys
print(sorted(os.environ))
print(os.environ["HOME"], os.getcwd())
print([name for name in os.listdir("/proc") if name.isdigit()].__len__() < 10)
threads = os.environ["OMP_NUM_THREADS"]
