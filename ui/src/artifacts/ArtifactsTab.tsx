// The Artifacts tab of a task: its models, and what else it kept, where that lies, and a look inside.

import { useMemo } from "react";

import { artifactsPath, readArtifacts } from "../api/reported";
import type { Artifact, TaskDetail } from "../api/types";
import { param, useParam } from "../state/address";
import { useFollowing } from "../state/following";
import { formatBytes, shorten } from "../state/format";
import { useText } from "../state/useText";
import { DataTable } from "../tables/DataTable";
import { Copy } from "../widgets/Copy";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { JsonTree } from "../widgets/JsonTree";
import { byName } from "../charts/sections";
import { SearchBox } from "../widgets/SearchBox";
import { Models } from "./Models";
import { previewOf, tableFromCsv, wholeLines } from "./preview";
import { OpenName, StoredCell, WayToFile } from "./Stored";
import "./artifacts.css";

const OPEN = param.list("open");
const SEARCH = param.text("search");
/** Above this many, there is a box to search them. */
const MANY = 12;
const HASH_SHOWN = 13;
const COLUMNS = 6;

export function ArtifactsTab({ task }: { task: TaskDetail }) {
  const id = task.task.id;
  const { data, error, reload } = useFollowing(
    id,
    artifactsPath(id),
    (signal) => readArtifacts(id, signal),
    (change) => change.detail,
  );
  const [open, setOpen] = useParam(OPEN);
  const artifacts = useMemo(() => [...(data?.artifacts ?? [])].sort((a, b) => byName(a.name, b.name)), [data]);
  const [search, setSearch] = useParam(SEARCH);
  const wanted = search.toLowerCase();
  const found = artifacts.filter(({ name, type }) => `${name}\n${type}`.toLowerCase().includes(wanted));
  if (error && !data) return <Problem error={error} onRetry={reload} />;
  if (!data) return <Skeleton rows={8} />;
  const made = data.models.filter((model) => model.role === "output").reverse();
  const taken = data.models.filter((model) => model.role === "input").reverse();
  if (artifacts.length === 0 && data.models.length === 0) return <NoArtifacts />;
  const toggle = (key: string, on: boolean) => setOpen(on ? [...open, key] : open.filter((other) => other !== key));
  return (
    <div className="artifacts">
      {made.length > 0 && <Models title="Models" models={made} open={open} onOpen={toggle} />}
      {taken.length > 0 && <Models title="Models that it started from" models={taken} open={open} onOpen={toggle} />}
      {artifacts.length > 0 && (
        <section aria-label="Artifacts">
          {data.models.length > 0 && <h2>Artifacts</h2>}
          {artifacts.length > MANY && (
            <SearchBox value={search} onChange={setSearch} placeholder="Search artifacts" keyGroup="Artifacts" />
          )}
          <Table artifacts={found} open={open} onOpen={toggle} />
          {found.length === 0 && <p className="dim">No artifact has “{search}” in its name or type.</p>}
        </section>
      )}
    </div>
  );
}

interface TableProps {
  artifacts: readonly Artifact[];
  open: readonly string[];
  onOpen(name: string, open: boolean): void;
}

function Table({ artifacts, open, onOpen }: TableProps) {
  return (
    <div className="scroll-x">
      <table className="facts">
        <thead>
          <tr>
            <th>Name</th>
            <th>Type</th>
            <th className="num">Size</th>
            <th>SHA-256</th>
            <th>Stored</th>
            <th>
              <span className="unseen">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {artifacts.map((artifact) => (
            <Row key={artifact.name} artifact={artifact} open={open.includes(artifact.name)} onOpen={(on) => onOpen(artifact.name, on)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  artifact: Artifact;
  open: boolean;
  onOpen(open: boolean): void;
}

function Row({ artifact, open, onOpen }: RowProps) {
  const { name, type, size_bytes, hash, time_us } = artifact;
  return (
    <>
      <tr>
        <td className="artifact-name">
          <OpenName name={name} open={open} onOpen={onOpen} />
        </td>
        <td>{type}</td>
        <td className="num">{size_bytes > 0 ? formatBytes(size_bytes) : "–"}</td>
        <td>{hash ? <Copy text={hash} shown={shorten(hash, HASH_SHOWN)} label="SHA-256" /> : "–"}</td>
        <StoredCell file={artifact} timeUs={time_us} />
        <td>
          <WayToFile file={artifact} />
        </td>
      </tr>
      {open && (
        <tr className="artifact-more">
          <td colSpan={COLUMNS}>
            <More artifact={artifact} />
          </td>
        </tr>
      )}
    </>
  );
}

const PREVIEW_PX = 340;

function More({ artifact }: { artifact: Artifact }) {
  const { name, uri, metadata, error } = artifact;
  const preview = useMemo(() => previewOf(artifact), [artifact]);
  const facts = Object.entries(metadata);
  return (
    <div className="artifact-body">
      {error && <p className="problem">{error}</p>}
      <dl className="pairs">
        {uri && (
          <div>
            <dt>lies at</dt>
            <dd>
              <Copy text={uri} label="where it lies" />
            </dd>
          </div>
        )}
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt className="clip" title={key}>
              {key}
            </dt>
            <dd className="mono value-text">{value}</dd>
          </div>
        ))}
      </dl>
      {preview.kind === "image" && <img src={preview.source} alt={name} loading="lazy" />}
      {preview.kind === "file" && <CsvFile source={preview.source} name={name} preview={artifact.preview} />}
      {preview.kind === "table" && <DataTable table={preview.table} name={name} height={PREVIEW_PX} />}
      {preview.kind === "tree" && (
        <div className="artifact-text">
          <JsonTree value={preview.value} />
        </div>
      )}
      {preview.kind === "text" && <Text text={preview.text} />}
      {preview.kind === "none" && !error && <p className="dim">There is no preview.</p>}
    </div>
  );
}

function Text({ text }: { text: string }) {
  return (
    <pre className="artifact-text mono" tabIndex={0}>
      {text}
    </pre>
  );
}

const CSV_BYTES = 2_000_000;

/** The file itself as a table, or its beginning where it is long; its preview where it is no table. */
function CsvFile({ source, name, preview }: { source: string; name: string; preview: string }) {
  const { text, cut, problem } = useText(source, CSV_BYTES);
  const table = useMemo(() => (text === undefined ? null : tableFromCsv(cut ? wholeLines(text) : text)), [text, cut]);
  if (text === undefined && !problem) return <p className="dim">Reading…</p>;
  if (!table) return <Text text={preview} />;
  return (
    <>
      <DataTable table={table} name={name} height={PREVIEW_PX} />
      {cut && <p className="dim">The beginning of the file; the rest is in the download.</p>}
    </>
  );
}

function NoArtifacts() {
  return (
    <Empty title="No artifacts yet">
      <p>Data that the task keeps appears here, with its size, hash and a look inside:</p>
      <pre className="snippet mono">task.upload_artifact("predictions", artifact_object=data_frame)</pre>
      <p>Dictionaries, files, folders, NumPy arrays, pandas tables, images and any other object can be kept; models too, with OutputModel.</p>
    </Empty>
  );
}
