// A part of the page whose code comes when it is first wanted.
// React's own `lazy` will not do: what stands in for the part is then held back for 300 ms once it was seen, several
// times as long as the code takes to come.

import { useEffect, useState, type ComponentType, type ReactNode } from "react";

import { Problem, Skeleton } from "./Feedback";

export interface Late<P> {
  (props: P): ReactNode;
  /** Have the code come already; that it does not shows where the part is shown. */
  load(): void;
}

export function late<P extends object>(load: () => Promise<ComponentType<P>>): Late<P> {
  let Loaded: ComponentType<P> | undefined;
  let coming: Promise<void> | undefined;
  const come = () => (coming ??= load().then((component) => void (Loaded = component)));

  function Part(props: P) {
    const [, setHere] = useState(Loaded !== undefined);
    const [error, setError] = useState<Error>();
    useEffect(() => {
      // It may have come since it was found missing above.
      if (Loaded) return setHere(true);
      let gone = false;
      come().then(
        () => gone || setHere(true),
        (reason: unknown) => gone || setError(reason instanceof Error ? reason : new Error(String(reason))),
      );
      return () => {
        gone = true;
      };
    }, []);
    // Mostly a server of another version, whose parts have other names: the whole page has to come anew.
    if (error) return <Problem error={error} onRetry={() => location.reload()} />;
    return Loaded ? <Loaded {...props} /> : <Skeleton rows={10} />;
  }
  return Object.assign(Part, { load: () => void come().catch(() => undefined) });
}
