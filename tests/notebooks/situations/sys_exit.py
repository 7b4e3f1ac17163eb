# %% Leaves
import sys
sys.exit()
