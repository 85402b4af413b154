import asyncio
import concurrent.futures
import threading
import time

# <task>
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda n: n * n, range(20))))
    print(repr(pool.submit(lambda: 1 / 0).exception()))
local = threading.local()
local.value = 1
done = threading.Event()
threading.Thread(target=lambda: (print("in a thread"), done.set())).start()
done.wait()


async def step(n):
    await asyncio.sleep(0)
    if n == 2:
        raise RuntimeError("two")
    return n


async def main():
    print(await asyncio.gather(*(step(n) for n in range(4)), return_exceptions=True))
    task = asyncio.create_task(asyncio.sleep(60))
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)


asyncio.run(main())
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
threading.Thread(target=lambda: (time.sleep(0.2), print("after the end of main"))).start()
print("main ends")
