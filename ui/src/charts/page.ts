// What the panels of one page of charts share without React: points, cursor, the range while it is being dragged.

import type { Axis } from "../api/types";
import { createStore, type Store } from "../state/store";
import type { PageCursor } from "./cursor";
import { Feed } from "./feed";
import { GroupFeed } from "./groupFeed";
import type { TooltipModel } from "./hits";
import { Looks } from "./lines";
import { placeOf } from "./points";
import type { Range } from "./scale";

export interface ShownTooltip {
  heading: string;
  model: TooltipModel;
  clientX: number;
  clientY: number;
}

export class ChartPage {
  readonly feed: Feed;
  readonly groups = new GroupFeed();
  readonly looks = new Looks();
  /** The x range in force: the address's, or the one that is being dragged right now. */
  readonly range: Store<Range | null>;
  readonly tooltip = createStore<ShownTooltip | null>(null);

  /** `starts` tells when each task of the page started, in microseconds. */
  constructor(
    readonly starts: ReadonlyMap<string, number>,
    zoom: Range | null,
  ) {
    this.feed = new Feed((task) => this.startUs(task));
    this.range = createStore(zoom);
  }

  startUs(task: string): number {
    return this.starts.get(task) ?? 0;
  }

  /** Points came for these series of a task, or for nobody knows which. */
  touch(task: string | null, names: readonly (readonly [string, string])[] | null): void {
    this.feed.touch(task, names);
    this.groups.touch(task, names);
  }

  /** Where the page's cursor is on an axis. */
  placeOfCursor(cursor: PageCursor, axis: Axis): number {
    return placeOf(axis, cursor.iteration, cursor.timeUs, this.startUs(cursor.task));
  }
}
