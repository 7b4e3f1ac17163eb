"""Inside the sandbox: executes the cells with nbclient and prints what happened as lines of JSON.

A program of its own, started by `sandbox`: python runner.py REQUEST. It knows nothing of caches or pages. Events:
{"event": "cell", "index": n} before each cell, then one {"event": "done", …} or {"event": "failed", …}.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# An image may have so many times the bytes that all text of a notebook may have.
LARGEST_IMAGE_IN_TEXT_LIMITS = 20
FINISH_S = 10
KERNEL_OPTIONS = (
    "--InteractiveShell.colors=nocolor", "--HistoryManager.enabled=False", "--IPKernelApp.capture_fd_output=False",
)


class Client(NotebookClient):
    """nbclient that stops at once when a notebook writes too much."""

    def __init__(self, notebook, limit: int, **options) -> None:
        super().__init__(notebook, **options)
        self.limit, self.written, self.flooded = limit, 0, False

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "stream":
            self.written += len(content["text"])
        elif "data" in content and isinstance(content["data"], dict):
            self.written += sum(len(value) for kind, value in content["data"].items()
                                if isinstance(value, str) and not kind.endswith("png"))
            largest = max((len(value) for value in content["data"].values() if isinstance(value, str)), default=0)
            self.flooded |= largest > LARGEST_IMAGE_IN_TEXT_LIMITS * self.limit
        self.flooded |= self.written > self.limit
        if self.flooded:
            # nbclient waits for the cell's end and would not hear of an exception raised here; this it takes for a dead kernel.
            self.task_poll_for_reply.cancel()
            return None
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, outs, msg, cell_index):
        """Widgets are not part of a static page."""


def say(**event) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def silently(client: Client, code: str, limit_s: float) -> None:
    """Run code of ours in the kernel; nothing of it shows in the notebook."""
    message = client.kc.execute(code, silent=True, store_history=False)
    deadline = asyncio.get_event_loop().time() + limit_s
    while True:
        reply = await client.kc.get_shell_msg(timeout=max(0.1, deadline - asyncio.get_event_loop().time()))
        if reply["parent_header"].get("msg_id") == message:
            break
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{reply['content'].get('ename')}: {reply['content'].get('evalue')}")


async def execute(request: dict) -> None:
    folder = Path(request["folder"])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in request["cells"]])
    manager = AsyncKernelManager(transport="ipc", ip=str(folder / "run" / "k"), connection_file=str(folder / "run" / "kernel.json"))
    manager._kernel_spec = KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *KERNEL_OPTIONS],
                                      display_name="Python 3", language="python")
    client = Client(notebook, request["output_limit"], km=manager, timeout=max(1, round(request["cell_limit_s"])), interrupt_on_timeout=False,
                    startup_timeout=request["start_limit_s"], allow_errors=False, store_widget_state=False, coalesce_streams=True)
    at, end = -1, None
    loop = asyncio.get_event_loop()
    try:
        await client.async_start_new_kernel(cwd=str(folder / "notebook"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await client.async_start_new_kernel_client()
        await silently(client, f"exec(compile({request['setup']!r}, 'kernel_setup.py', 'exec'), {{'__name__': 'kernel_setup'}})", request["start_limit_s"])
        say(event="ready")
        (folder / "run" / "ready").touch()
        end = loop.time() + request["notebook_limit_s"]
        for at, cell in enumerate(notebook.cells):
            say(event="cell", index=at)
            await asyncio.wait_for(client.async_execute_cell(cell, at), end - loop.time())
        at = -1
        result = folder / "run" / "values.json"
        await silently(client, f"get_ipython()._finish_notebook({str(result)!r})", FINISH_S)
        say(event="done", outputs=[cell.get("outputs", []) for cell in notebook.cells], **json.loads(result.read_text()))
    except CellExecutionError as error:
        frames = FRAME.findall(ANSI.sub("", error.traceback))
        count, line = map(int, frames[-1]) if frames else (0, 1)
        counts = [index for index, source in enumerate(request["cells"]) if source.strip()]
        say(event="failed", why="raised", index=counts[count - 1] if 0 < count <= len(counts) else at, line=line,
            name=error.ename, message=ANSI.sub("", error.evalue))
    except CellTimeoutError:
        say(event="failed", why="cell-time", index=at, line=1)
    except asyncio.TimeoutError:
        say(event="failed", why="notebook-time", index=at, line=1)
    except DeadKernelError:
        # nbclient also says so when it is cancelled, which is what happens at the end of the notebook's time.
        late = end is not None and loop.time() >= end
        say(event="failed", why="flood" if client.flooded else "notebook-time" if late else "died", index=at, line=1)
    except Exception as error:  # whatever nbclient met is reported with its name; the sandbox ends the rest
        say(event="failed", why="tool", index=at, line=1, name=type(error).__name__, message=str(error)[:500])
    finally:
        # The sandbox ends every process; an orderly shutdown would only wait for a kernel that may not answer.
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    asyncio.run(execute(json.loads(Path(sys.argv[1]).read_text())))
