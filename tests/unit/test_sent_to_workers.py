"""What a Dask worker is sent is all that it imports of ours; the runs themselves are tried under --all."""

import subprocess
import sys

from notebooks import cluster


def test_a_worker_needs_nothing_of_ours_but_what_it_is_sent(tmp_path):
    sent = cluster._package(tmp_path)
    program = f"import sys; sys.path.insert(0, {str(sent)!r}); from notebooks import execute; print(execute.__file__); execute.processor.common_environment()"
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(sent))
