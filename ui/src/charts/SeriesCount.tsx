// Says which series are not loaded, where a task has very many, and loads more of them as the end comes near.

import { useEffect, useRef } from "react";

import { formatCount } from "../state/format";
import { useNearScreen } from "./screen";
import type { SeriesOf } from "./useSeriesOf";

export function SeriesCount({ series, filter }: { series: SeriesOf; filter: string }) {
  const { total, searched, more } = series;
  if (total.of <= total.shown) return null;
  // What a filter leaves always ends near: that would load all.
  return (
    <div className="chart-none">
      <p>
        {formatCount(total.shown)} of {formatCount(total.of)} series are loaded, by name.{" "}
        {filter !== "" &&
          (searched === filter
            ? `Those with “${filter}” in their name were looked for among all.`
            : "The filter looks among these only: a regular expression cannot be searched for on the server.")}
      </p>
      <button className="button" onClick={more}>
        Load more
      </button>
      {filter === "" && <Nearing key={total.shown} onNear={more} />}
    </div>
  );
}

function Nearing({ onNear }: { onNear(): void }) {
  const host = useRef<HTMLDivElement>(null);
  const near = useNearScreen(host);
  useEffect(() => {
    if (near) onNear();
    // Once for each page that came.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [near]);
  return <div ref={host} />;
}
