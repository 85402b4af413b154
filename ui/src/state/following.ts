// Something about a task that is asked for again, calmly, while the task's data changes.

import { useEffect } from "react";

import { subscribe } from "../api/events";
import type { TaskChange } from "../api/types";
import { useResource, type Resource } from "./resource";
import { throttle } from "./throttle";

const REFRESH_MS = 2000;

export function useFollowing<T>(
  task: string,
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  concerns: (change: TaskChange) => boolean = (change) => change.scalars,
): Resource<T> {
  const resource = useResource(key, ask);
  const { reload } = resource;
  useEffect(() => {
    const refresh = throttle(reload, REFRESH_MS);
    const stop = subscribe(task, {
      onChange: (changes) => changes.some(concerns) && refresh(),
      onResync: refresh,
    });
    return () => {
      stop();
      refresh.cancel();
    };
    // `concerns` says the same at every render.
  }, [task, reload]);
  return resource;
}
