// What stands above the page in a file without a server, and in place of pages that neither it nor a frame has.

import { address } from "../state/address";
import { formatCount, formatTime } from "../state/format";
import { Empty } from "../widgets/Feedback";
import { fileNote, type FileNote } from "./frame";
import "./embed.css";

export function FileBar({ note, children }: { note: FileNote; children: React.ReactNode }) {
  const { leftOut, columns, madeUs } = note;
  return (
    <header className="file-bar dim">
      <span className="strong">Stripchart</span>
      <span>one task as of {formatTime(madeUs)}, in a file without a server</span>
      <details className="file-lacks">
        <summary>{leftOut.length === 0 ? "nothing left out" : `${leftOut.length} left out`}</summary>
        <ul>
          <li>Curves are exact at a width of {formatCount(columns)} pixels.</li>
          {leftOut.map((lacking) => (
            <li key={lacking}>Left out: {lacking}</li>
          ))}
        </ul>
      </details>
      <span className="grow" />
      {children}
    </header>
  );
}

export function NotHere({ path }: { path: string }) {
  return (
    <Empty whole title={fileNote() ? "This file holds one task" : "This frame shows one task"}>
      <p>
        {fileNote() ? (
          <a className="link" href={location.pathname}>
            To the task
          </a>
        ) : (
          <a className="link" href={path || address.projects()} target="_blank" rel="noopener">
            Open in Stripchart
          </a>
        )}
      </p>
    </Empty>
  );
}
