import { useMemo } from "react";

import { formatCount, formatCounted } from "../state/format";
import { downloadText } from "../tables/download";
import { Copy } from "../widgets/Copy";
import { filesOf, kindOf, type FileDiff } from "./diff";

/** More files than this are folded until one is asked for. */
const FEW = 3;
const DIFF_LINES = 3000;

/** Changes that git did not know of, file by file. */
export function Diff({ text }: { text: string }) {
  const files = useMemo(() => filesOf(text), [text]);
  return (
    <details>
      <summary>Diff of {formatCounted(files.length, "file")}</summary>
      <p className="diff-bar">
        <Copy text={text} shown="Copy" label="the diff" />
        <button className="link" onClick={() => downloadText("changes.patch", text, "text/plain")}>
          Download
        </button>
      </p>
      {files.map((file, index) => (
        <File key={index} file={file} open={files.length <= FEW} />
      ))}
    </details>
  );
}

function File({ file, open }: { file: FileDiff; open: boolean }) {
  const { name, added, removed, lines } = file;
  return (
    <details open={open} className="diff-file">
      <summary>
        <span className="mono">{name || "changes"}</span> <span className="diff-added num">+{formatCount(added)}</span>{" "}
        <span className="diff-removed num">−{formatCount(removed)}</span>
      </summary>
      <pre className="diff mono" tabIndex={0}>
        {lines.slice(0, DIFF_LINES).map((line, index) => (
          <span key={index} className={`diff-${kindOf(line) || "same"}`}>
            {line}
            {"\n"}
          </span>
        ))}
        {lines.length > DIFF_LINES && <span className="dim">… {formatCount(lines.length - DIFF_LINES)} more lines</span>}
      </pre>
    </details>
  );
}
