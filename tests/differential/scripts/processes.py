import concurrent.futures
import multiprocessing
import os
import sys
import time


def work(n):
    if n == 3:
        raise ValueError("three")
    return n * n


def tell(queue, n):
    queue.put((n, multiprocessing.current_process().name, multiprocessing.parent_process() is not None))
    print("told", n, flush=True)


def leave(code):
    sys.exit(code)


def crash():
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    # <task>
    context = multiprocessing.get_context(sys.argv[1])
    queue = context.Queue()
    for n in range(2):
        process = context.Process(target=tell, args=(queue, n), name=f"teller {n}")
        process.start()
        process.join()
        print(queue.get(), process.exitcode)
    for target, args in ((leave, (5,)), (crash, ()), (work, (3,))):
        process = context.Process(target=target, args=args, name="ends")
        process.start()
        process.join()
        print(target.__name__, process.exitcode, flush=True)
    with context.Pool(2) as pool:
        print(pool.map(work, [1, 2, 4]))
        try:
            pool.map(work, [3])
        except ValueError as error:
            print("raised", error)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
        print(list(executor.map(work, range(3))))
        print(repr(executor.submit(work, 3).exception()))
    daemon = context.Process(target=time.sleep, args=(60,), daemon=True)
    daemon.start()
    print(len(multiprocessing.active_children()))
