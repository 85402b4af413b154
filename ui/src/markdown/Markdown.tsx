import { Fragment, useMemo, type ReactNode } from "react";

import { parseMarkdown, type Block, type Inline } from "./parse";
import "./markdown.css";

/** A longer comment is shown as plain text past this. */
const LONGEST = 200_000;

/** A text in Markdown. Whatever it says, it is drawn from a tree that knows no HTML. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text.slice(0, LONGEST)), [text]);
  return (
    <div className="markdown" dir="auto">
      {blocks.map(drawBlock)}
      {text.length > LONGEST && <pre>{text.slice(LONGEST)}</pre>}
    </div>
  );
}

function drawBlock(block: Block, key: number): ReactNode {
  if (block.kind === "heading") {
    // The page has its own first headings.
    const Heading = (["h3", "h4", "h5", "h6", "h6", "h6"] as const)[block.level - 1] ?? "h6";
    return <Heading key={key}>{block.parts.map(drawInline)}</Heading>;
  }
  if (block.kind === "paragraph") return <p key={key}>{block.parts.map(drawInline)}</p>;
  if (block.kind === "code")
    return (
      <pre key={key} className="mono" data-language={block.language || undefined}>
        {block.text}
      </pre>
    );
  if (block.kind === "quote") return <blockquote key={key}>{block.blocks.map(drawBlock)}</blockquote>;
  if (block.kind === "rule") return <hr key={key} />;
  if (block.kind === "table") return <Table key={key} block={block} />;
  const items = block.items.map(({ done, blocks }, place) => (
    <li key={place} className={done === null ? undefined : "markdown-task"}>
      {done !== null && <input type="checkbox" checked={done} disabled readOnly aria-label={done ? "done" : "to do"} />}
      {/* A list of lines is one of lines, not of paragraphs. */}
      {blocks.map((inner, at) => (inner.kind === "paragraph" ? <Fragment key={at}>{inner.parts.map(drawInline)}</Fragment> : drawBlock(inner, at)))}
    </li>
  ));
  return block.ordered ? (
    <ol key={key} start={block.start}>
      {items}
    </ol>
  ) : (
    <ul key={key}>{items}</ul>
  );
}

function Table({ block }: { block: Extract<Block, { kind: "table" }> }) {
  return (
    <div className="scroll-x">
      <table>
        <thead>
          <tr>
            {block.head.map((cell, place) => (
              <th key={place}>{cell.map(drawInline)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row, place) => (
            <tr key={place}>
              {row.map((cell, column) => (
                <td key={column}>{cell.map(drawInline)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function drawInline(part: Inline, key: number): ReactNode {
  if (part.kind === "text") return part.text;
  if (part.kind === "code")
    return (
      <code key={key} className="mono">
        {part.text}
      </code>
    );
  if (part.kind === "break") return <br key={key} />;
  if (part.kind === "link")
    return (
      <a key={key} className="link" href={part.href} rel="noopener noreferrer nofollow" target="_blank" title={part.href}>
        {part.image && "🖼 "}
        {part.parts.map(drawInline)}
      </a>
    );
  const Tag = part.kind;
  return <Tag key={key}>{part.parts.map(drawInline)}</Tag>;
}
