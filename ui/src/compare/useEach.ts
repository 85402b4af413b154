// Something asked for of each task, a few at a time, kept while other tasks are added, and asked for again when it changed.

import { useEffect, useMemo, useRef, useState } from "react";

import { isAbort } from "../api/client";
import { subscribe } from "../api/events";
import type { TaskChange } from "../api/types";
import { throttle } from "../state/throttle";

const REFRESH_MS = 2000;
/** A browser has six connections to a server, and one listens. */
const AT_ONCE = 4;

export interface Each<T> {
  /** Of the tasks that have answered, the last answer. */
  by: ReadonlyMap<string, T>;
  /** Of the tasks whose last answer was an error. */
  errors: ReadonlyMap<string, Error>;
  /** How many have yet to answer. */
  waiting: number;
}

/** `key` names what is asked beside the task; what is shown of another key stays until the new answer is here. */
export function useEach<T>(
  ids: readonly string[],
  key: string,
  ask: (id: string, signal: AbortSignal) => Promise<T>,
  concerns: (change: TaskChange) => boolean,
): Each<T> {
  const [state, setState] = useState<{ by: ReadonlyMap<string, T>; errors: ReadonlyMap<string, Error> }>({ by: new Map(), errors: new Map() });
  const latest = useRef({ ask, concerns });
  latest.current = { ask, concerns };
  const answered = useRef({ key, ids: new Set<string>() });
  const list = ids.join(",");

  useEffect(() => {
    const abort = new AbortController();
    const all = list.split(",").filter(Boolean);
    if (answered.current.key !== key) answered.current = { key, ids: new Set() };
    const queue = new Set(all.filter((id) => !answered.current.ids.has(id)));
    let running = 0;
    const run = () => {
      while (running < AT_ONCE && queue.size > 0 && !abort.signal.aborted) {
        const id = queue.values().next().value!;
        queue.delete(id);
        running++;
        void read(id);
      }
    };
    const read = async (id: string) => {
      try {
        const answer = await latest.current.ask(id, abort.signal);
        if (abort.signal.aborted) return;
        answered.current.ids.add(id);
        setState(({ by, errors }) => ({ by: new Map(by).set(id, answer), errors: without(errors, id) }));
      } catch (error) {
        if (isAbort(error) || abort.signal.aborted) return;
        answered.current.ids.add(id);
        const problem = error instanceof Error ? error : new Error(String(error));
        setState(({ by, errors }) => ({ by, errors: new Map(errors).set(id, problem) }));
      } finally {
        running--;
        run();
      }
    };
    const again = throttle(run, REFRESH_MS);
    const stop = subscribe(null, {
      onChange(changes) {
        for (const change of changes) if (all.includes(change.id) && latest.current.concerns(change)) queue.add(change.id);
        if (queue.size > 0) again();
      },
      onResync() {
        for (const id of all) queue.add(id);
        again();
      },
    });
    run();
    return () => {
      abort.abort();
      stop();
      again.cancel();
    };
  }, [list, key]);

  return useMemo(() => {
    const mine = new Set(list.split(",").filter(Boolean));
    const by = new Map([...state.by].filter(([id]) => mine.has(id)));
    const errors = new Map([...state.errors].filter(([id]) => mine.has(id)));
    const heard = new Set([...by.keys(), ...errors.keys()]);
    return { by, errors, waiting: [...mine].filter((id) => !heard.has(id)).length };
  }, [state, list]);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
