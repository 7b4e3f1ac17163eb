# %% Detaches a process twice over
import subprocess
subprocess.Popen(["sh", "-c", "setsid sleep 987 >/dev/null 2>&1 &"], start_new_session=True).wait()
