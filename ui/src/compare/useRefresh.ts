import { useEffect, useRef } from "react";

import { subscribe } from "../api/events";
import type { TaskChange } from "../api/types";
import { throttle } from "../state/throttle";

const REFRESH_MS = 2000;

/** Ask again when the server says that one of the tasks changed in what is shown of it. */
export function useRefresh(ids: readonly string[], concerns: (change: TaskChange) => boolean, reload: () => void): void {
  const list = ids.join(",");
  const latest = useRef(concerns);
  latest.current = concerns;
  useEffect(() => {
    const mine = new Set(list.split(","));
    const refresh = throttle(reload, REFRESH_MS);
    const stop = subscribe(null, {
      onChange: (changes) => changes.some((change) => mine.has(change.id) && latest.current(change)) && refresh(),
      onResync: refresh,
    });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [list, reload]);
}
