// What the rows of artifacts and models share: the name that opens them, how their file stands, the way to it.

import { reachOf } from "../api/reported";
import { describeTime, formatTime } from "../state/format";

export function OpenName({ name, open, onOpen }: { name: string; open: boolean; onOpen(open: boolean): void }) {
  return (
    <button onClick={() => onOpen(!open)} aria-expanded={open} title={name}>
      <i aria-hidden>{open ? "▾" : "▸"}</i>
      <span className="clip">{name}</span>
    </button>
  );
}

interface File {
  state: string;
  url: string;
}

const isStored = ({ state }: File): boolean => state !== "pending" && state !== "failed";

export function StoredCell({ file, timeUs }: { file: File; timeUs: number }) {
  return (
    <td title={describeTime(timeUs)}>
      {isStored(file) && formatTime(timeUs)}
      {file.state === "pending" && <span className="warn">being stored…</span>}
      {file.state === "failed" && <span className="artifact-bad">not stored</span>}
    </td>
  );
}

export function WayToFile({ file }: { file: File }) {
  if (!isStored(file)) return null;
  const reach = reachOf(file.url);
  if (reach === "none") return null;
  return reach === "here" ? (
    <a className="link" href={file.url} download>
      Download
    </a>
  ) : (
    <a className="link" href={file.url} target="_blank" rel="noopener noreferrer">
      Open
    </a>
  );
}
