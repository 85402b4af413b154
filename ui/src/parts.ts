// The parts of the page whose code comes when they are wanted, and which a path will want.

import { routeOf } from "./state/route";
import { late } from "./widgets/late";

export const TASK_TABS = {
  scalars: late(() => import("./charts/ScalarsTab").then((m) => m.ScalarsTab)),
  plots: late(() => import("./plots/PlotsTab").then((m) => m.PlotsTab)),
  samples: late(() => import("./samples/SamplesTab").then((m) => m.SamplesTab)),
  system: late(() => import("./charts/SystemTab").then((m) => m.SystemTab)),
  configuration: late(() => import("./configuration/ConfigurationTab").then((m) => m.ConfigurationTab)),
  artifacts: late(() => import("./artifacts/ArtifactsTab").then((m) => m.ArtifactsTab)),
};

export const COMPARE_TABS = {
  details: late(() => import("./compare/DetailsTab").then((m) => m.DetailsTab)),
  parameters: late(() => import("./compare/ParametersTab").then((m) => m.ParametersTab)),
  scalars: late(() => import("./compare/ScalarsTab").then((m) => m.ScalarsTab)),
  plots: late(() => import("./compare/PlotsTab").then((m) => m.PlotsTab)),
  samples: late(() => import("./compare/SamplesTab").then((m) => m.SamplesTab)),
  console: late(() => import("./compare/ConsoleTab").then((m) => m.ConsoleTab)),
};

export const ComparePage = late(() => import("./compare/ComparePage").then((m) => m.ComparePage));
export const ChartsMode = late(() => import("./tasks/ChartsMode").then((m) => m.ChartsMode));

/** Have the code come that a path wants, while its data are asked for. */
export function loadPartsOf(path: string): void {
  const route = routeOf(path);
  if (route.page === "task" && route.tab in TASK_TABS) TASK_TABS[route.tab as keyof typeof TASK_TABS].load();
  if (route.page !== "compare") return;
  ComparePage.load();
  COMPARE_TABS[(route.tab in COMPARE_TABS ? route.tab : "details") as keyof typeof COMPARE_TABS].load();
}
