import { useEffect, useMemo, useSyncExternalStore } from "react";

import { RangeCache, type Ask } from "./ranges";

/** A range cache for the life of `key`: another key starts an empty one. Renders with each change of content. */
export function useRanges<T>(key: string, pageSize: number, ask: Ask<T>): RangeCache<T> {
  // The key stands for the question; `ask` is a new function at each render.
  const cache = useMemo(() => new RangeCache<T>(pageSize, ask), [key, pageSize]);
  useSyncExternalStore(cache.subscribe, cache.version);
  useEffect(() => {
    cache.open();
    return () => cache.close();
  }, [cache]);
  return cache;
}
