// Reports of a task that are neither points nor lines: figures, debug samples, artifacts, configuration.

import { API, getJson, queryString } from "./client";
import type { ArtifactList, ConfigurationList, PlotList, SampleList } from "./types";

const taskPath = (task: string, rest: string): string => `/tasks/${encodeURIComponent(task)}/${rest}`;

export const plotsPath = (task: string): string => taskPath(task, "plots");
export const artifactsPath = (task: string): string => taskPath(task, "artifacts");
export const configurationPath = (task: string): string => taskPath(task, "configuration");

export const readPlots = (task: string, signal: AbortSignal): Promise<PlotList> =>
  getJson<PlotList>(plotsPath(task), { signal });

export interface FigureQuery {
  title: string;
  series: string;
  iteration: number | null;
  rank: number;
}

/** Where a figure's JSON is, for reading and for downloading. */
export function figureAddress(task: string, figure: FigureQuery): string {
  return API + taskPath(task, "plot") + queryString({ ...figure });
}

export interface SampleQuery {
  title?: string;
  series?: string;
  /** For each series the sample of the highest iteration not above this; else of the lowest. */
  at?: number;
  /** So many of the latest iterations of each series. */
  latest?: number;
}

export function samplesPath(task: string, query: SampleQuery = {}): string {
  return taskPath(task, "samples") + queryString({ ...query });
}

export const readSamples = (task: string, query: SampleQuery, signal: AbortSignal): Promise<SampleList> =>
  getJson<SampleList>(samplesPath(task, query), { signal });

export const readArtifacts = (task: string, signal: AbortSignal): Promise<ArtifactList> =>
  getJson<ArtifactList>(artifactsPath(task), { signal });

export const readConfiguration = (task: string, signal: AbortSignal): Promise<ConfigurationList> =>
  getJson<ConfigurationList>(configurationPath(task), { signal });

/** Where a file can be opened from: our own server shows it here, the web only behind a link, other places not at all. */
export function reachOf(url: string): "here" | "link" | "none" {
  if (url.startsWith("/files/") || url.startsWith("blob:")) return "here"; // in a file without a server they are blobs
  return /^https?:\/\//i.test(url) ? "link" : "none";
}
