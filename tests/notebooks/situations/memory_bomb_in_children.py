# %% Share the load
import multiprocessing


def take():
    import time
    block = bytearray(b"x" * 400_000_000)
    time.sleep(60)
    return block


context = multiprocessing.get_context("fork")
children = [context.Process(target=take) for _ in range(4)]
for child in children:
    child.start()
for child in children:
    child.join()
