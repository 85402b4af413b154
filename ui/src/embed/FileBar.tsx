// What stands above the page in a file without a server, and in place of pages that neither it nor a frame has.

import { address } from "../state/address";
import { formatCount, formatCounted, formatTime } from "../state/format";
import { Empty } from "../widgets/Feedback";
import { fileNote, type FileNote } from "./frame";
import "./embed.css";

export function FileBar({ note, children }: { note: FileNote; children: React.ReactNode }) {
  const { leftOut, columns, pointsHeld, pointsOf, madeUs } = note;
  const reduced = pointsHeld < pointsOf;
  return (
    <header className="file-bar dim">
      <span className="strong">Stripchart</span>
      <span>one task as of {formatTime(madeUs)}, in a file without a server</span>
      {reduced && (
        <span>
          curves of {formatCount(pointsHeld)} of {formatCounted(pointsOf, "point")}
        </span>
      )}
      <details className="file-lacks">
        <summary>{leftOut.length > 0 ? `${leftOut.length} left out` : reduced ? "what that means" : "nothing left out"}</summary>
        <ul>
          <li>
            {reduced
              ? `Curves hold the points that draw them exactly at a width of ${formatCount(columns)} pixels. Zooming in shows those, and nothing between them.`
              : "Curves hold every point."}
          </li>
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
