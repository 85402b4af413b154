// The models of a task: what it made, and what it started from; each with its facts when opened.

import type { ReactNode } from "react";

import type { Model } from "../api/types";
import { address } from "../state/address";
import { formatBytes, formatCount, shorten } from "../state/format";
import { Copy } from "../widgets/Copy";
import { Link } from "../widgets/Link";
import { pretty } from "./preview";
import { OpenName, StoredCell, WayToFile } from "./Stored";

const COLUMNS = 6;
const ID_SHOWN = 13;

interface Props {
  title: string;
  models: readonly Model[];
  open: readonly string[];
  onOpen(id: string, open: boolean): void;
}

export function Models({ title, models, open, onOpen }: Props) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <div className="scroll-x">
        <table className="facts">
          <thead>
            <tr>
              <th>Name</th>
              <th>Framework</th>
              <th className="num">Iteration</th>
              <th className="num">Size</th>
              <th>Saved</th>
              <th>
                <span className="unseen">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <Row key={model.id} model={model} open={open.includes(model.id)} onOpen={(on) => onOpen(model.id, on)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ model, open, onOpen }: { model: Model; open: boolean; onOpen(open: boolean): void }) {
  const marks = [...model.tags, ...(model.published ? ["published"] : []), ...(model.archived ? ["archived"] : [])];
  return (
    <>
      <tr>
        <td className="artifact-name">
          <div className="model-name">
            <OpenName name={model.name} open={open} onOpen={onOpen} />
            {marks.length > 0 && (
              <span className="tags" title={marks.join("\n")}>
                {marks.map((tag) => (
                  <span key={tag} className="tag clip">
                    {tag}
                  </span>
                ))}
              </span>
            )}
          </div>
        </td>
        <td>{model.framework || "–"}</td>
        <td className="num">{formatCount(model.iteration)}</td>
        <td className="num">{model.size_bytes > 0 ? formatBytes(model.size_bytes) : "–"}</td>
        {model.state ? <StoredCell file={model} timeUs={model.time_us} /> : <td className="dim">no weights</td>}
        <td>{model.registered && !model.url ? <span className="dim" title="Its path is recorded; the file was not taken anywhere">registered</span> : <WayToFile file={model} />}</td>
      </tr>
      {open && (
        <tr className="artifact-more">
          <td colSpan={COLUMNS}>
            <Facts model={model} />
          </td>
        </tr>
      )}
    </>
  );
}

function Facts({ model }: { model: Model }) {
  const labels = Object.entries(model.labels).sort((a, b) => a[1] - b[1]);
  const metadata = Object.entries(model.metadata);
  return (
    <div className="artifact-body">
      {model.error && <p className="problem">{model.error}</p>}
      <dl className="pairs">
        {model.comment && (
          <Fact name="comment">
            <span className="prose">{model.comment}</span>
          </Fact>
        )}
        {model.uri && (
          <Fact name="lies at">
            <Copy text={model.uri} label="where it lies" />
          </Fact>
        )}
        {model.source && (
          <Fact name="made by">
            <Link className="link mono" to={address.task(model.source)}>
              {shorten(model.source, ID_SHOWN)}
            </Link>
          </Fact>
        )}
        <Fact name="id">
          <Copy text={model.id} label="the model's id" />
        </Fact>
        {model.base && (
          <Fact name="began as">
            <Copy text={model.base} label="the id of the model that it began as" />
          </Fact>
        )}
        {model.hash && (
          <Fact name="SHA-256">
            <Copy text={model.hash} label="SHA-256" />
          </Fact>
        )}
        {metadata.map(([key, value]) => (
          <Fact key={key} name={key}>
            <span className="mono value-text">{value}</span>
          </Fact>
        ))}
      </dl>
      {labels.length > 0 && (
        <Part title="Labels">
          <ul className="model-labels mono">
            {labels.map(([label, number]) => (
              <li key={label}>
                <span className="dim">{number}</span> {label}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {model.design && (
        <Part title="Configuration">
          <pre className="artifact-text mono" tabIndex={0}>
            {pretty(model.design)}
          </pre>
        </Part>
      )}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="clip" title={name}>
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="dim">{title}</h3>
      {children}
    </div>
  );
}
