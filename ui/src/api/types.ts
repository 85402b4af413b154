// The names of the API's bodies, as the pages use them; the shapes are generated from the OpenAPI document.
// A field with a default on the server is always present in an answer and may be left out of a request.
import type { components } from "./schema";

type Schemas = components["schemas"];
type Full<T> = T extends object ? { [K in keyof T]-?: Full<Exclude<T[K], undefined>> } : T;

export type Project = Full<Schemas["Project"]>;
export type ProjectList = Full<Schemas["ProjectList"]>;
export type ServerInfo = Full<Schemas["ServerInfo"]>;
export type TaskQuery = Schemas["TaskQuery"];
export type TaskSort = Full<Schemas["TaskSort"]>;
export type MetricRef = Full<Schemas["MetricRef"]>;
export type Stat = MetricRef["stat"];
export type TaskRow = Full<Schemas["TaskRow"]>;
export type TaskPage = Full<Schemas["TaskPage"]>;
export type GroupKey = Full<Schemas["GroupKey"]>;
export type GroupQuery = Schemas["GroupQuery"];
export type GroupSort = Full<Schemas["GroupSort"]>;
export type Aggregate = Full<Schemas["Aggregate"]>;
export type TaskGroup = Full<Schemas["Group"]>;
export type GroupPage = Full<Schemas["GroupPage"]>;
export type ColumnInfo = Full<Schemas["Column"]>;
export type ColumnList = Full<Schemas["ColumnList"]>;
export type ColumnQuery = Schemas["ColumnQuery"];
export type TaskSelection = Schemas["TaskSelection"];
export type TaskEdit = Schemas["TaskEdit"];
export type OperationResult = Full<Schemas["OperationResult"]>;
export type Operation = Full<Schemas["Operation"]>;
export type OperationList = Full<Schemas["OperationList"]>;
export type View = Full<Schemas["View"]>;
export type ViewSettings = Schemas["ViewSettings"];
export type ViewList = Full<Schemas["ViewList"]>;
export type Layout = Full<Schemas["Layout"]>;
export type Attempt = Full<Schemas["Attempt"]>;
export type WriterInfo = Full<Schemas["WriterInfo"]>;
export type Note = Full<Schemas["Note"]>;
export type Parameter = Full<Schemas["Parameter"]>;
export type Cost = Full<Schemas["Cost"]>;
export type TaskDetail = Full<Schemas["TaskDetail"]>;
export type Point = Full<Schemas["PointBody"]>;
export type SeriesSummary = Full<Schemas["SeriesSummary"]>;
export type SeriesList = Full<Schemas["SeriesList"]>;
export type SeriesListRequest = Schemas["SeriesListRequest"];
export type SeriesOfTasks = Full<Schemas["SeriesOfTasks"]>;
export type SingleValue = Full<Schemas["SingleValue"]>;
export type SingleValueList = Full<Schemas["SingleValueList"]>;
export type SeriesRead = Schemas["SeriesRead"];
export type SeriesReadRequest = Schemas["SeriesReadRequest"];
export type GroupReadRequest = Schemas["GroupReadRequest"];
export type GroupResult = Full<Schemas["GroupResult"]>;
export type Axis = NonNullable<SeriesReadRequest["axis"]>;
export type Mark = Full<Schemas["Mark"]>;
export type ReadResult = Full<Schemas["ReadResult"]>;
export type ConsoleQuery = Schemas["ConsoleQuery"];
export type ConsoleLine = Full<Schemas["ConsoleLine"]>;
export type ConsolePage = Full<Schemas["ConsolePage"]>;
export type PlotInfo = Full<Schemas["PlotInfo"]>;
export type PlotList = Full<Schemas["PlotList"]>;
export type Sample = Full<Schemas["Sample"]>;
export type SampleGroup = Full<Schemas["SampleGroup"]>;
export type SampleList = Full<Schemas["SampleList"]>;
export type Artifact = Full<Schemas["Artifact"]>;
export type Model = Full<Schemas["Model"]>;
export type ArtifactList = Full<Schemas["ArtifactList"]>;
export type Configuration = Full<Schemas["Configuration"]>;
export type ConfigurationList = Full<Schemas["ConfigurationList"]>;
export type TaskChange = Full<Schemas["TaskChange"]>;
export type Change = Full<Schemas["Change"]>;

/** Bits of a point's flags, as `stripchart.records` defines them. */
export const FLAG = {
  nan: 1,
  positiveInf: 2,
  negativeInf: 4,
  replaced: 8,
  singleValue: 16,
  noIteration: 32,
  nonFinite: 7,
} as const;

/** Titles under which the recorder files the machine's own readings. */
export const MONITOR_PREFIX = ":monitor:";
