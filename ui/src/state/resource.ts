// Something asked of the server that stays on screen while it is asked again.

import { useCallback, useEffect, useRef, useState } from "react";

import { isAbort } from "../api/client";

export interface Resource<T> {
  /** The latest answer; undefined until the first. Stays through reloads; cleared when `key` changes. */
  data: T | undefined;
  error: Error | undefined;
  reload(): void;
}

interface State<T> {
  key: string;
  data?: T;
  error?: Error;
}

/** Ask once for each `key`, and again at `reload`; a reload during an answer under way asks once more after it. */
export function useResource<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<State<T>>({ key });
  const latest = useRef(ask);
  latest.current = ask;
  const request = useRef<{ again: boolean } | null>(null);
  const start = useRef<() => void>(() => undefined);

  useEffect(() => {
    const abort = new AbortController();
    start.current = () => {
      if (request.current) {
        request.current.again = true;
        return;
      }
      const mine = { again: false };
      request.current = mine;
      latest
        .current(abort.signal)
        .then(
          (data) => !abort.signal.aborted && setState({ key, data }),
          (error: Error) => {
            if (isAbort(error) || abort.signal.aborted) return;
            setState((old) => (old.key === key ? { ...old, error } : { key, error }));
          },
        )
        .finally(() => {
          if (request.current === mine) request.current = null;
          if (mine.again && !abort.signal.aborted) start.current();
        });
    };
    start.current();
    return () => {
      abort.abort();
      request.current = null;
    };
  }, [key]);

  const reload = useCallback(() => start.current(), []);
  const current = state.key === key;
  return { data: current ? state.data : undefined, error: current ? state.error : undefined, reload };
}
