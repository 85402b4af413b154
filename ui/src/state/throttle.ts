// Do something at most once in a while: at once, and once more at the end of the while if it was wanted meanwhile.

export interface Throttled {
  (): void;
  cancel(): void;
}

export function throttle(run: () => void, waitMs: number): Throttled {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wanted = false;
  const over = () => {
    timer = null;
    if (wanted) call();
  };
  const call = () => {
    if (timer !== null) {
      wanted = true;
      return;
    }
    wanted = false;
    timer = setTimeout(over, waitMs);
    run();
  };
  call.cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    wanted = false;
  };
  return call;
}
