// The Configuration tab of a task: what it was told to do. Parameters, configuration objects, user properties.

import { useMemo, useState } from "react";

import { configurationPath, readConfiguration } from "../api/reported";
import type { Configuration, Parameter, TaskDetail } from "../api/types";
import { byName } from "../charts/sections";
import { useFollowing } from "../state/following";
import { describeTime, formatCount, formatCounted } from "../state/format";
import { downloadText, fileName } from "../tables/download";
import { Copy } from "../widgets/Copy";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { JsonTree, parseTree } from "../widgets/JsonTree";
import { Pair, Section } from "../pages/OverviewTab";
import { Parameters } from "../pages/Parameters";
import "./configuration.css";

export function ConfigurationTab({ task }: { task: TaskDetail }) {
  const id = task.task.id;
  const { data, error, reload } = useFollowing(
    id,
    configurationPath(id),
    (signal) => readConfiguration(id, signal),
    (change) => change.detail,
  );
  const objects = useMemo(() => [...(data?.configurations ?? [])].sort((a, b) => byName(a.name, b.name)), [data]);
  const nothing = data && task.parameters.length === 0 && objects.length === 0 && data.properties.length === 0;
  if (nothing) return <NoConfiguration />;
  return (
    <div className="configuration">
      <div>
        <Parameters parameters={task.parameters} />
        {data && <Properties properties={data.properties} />}
      </div>
      <div>
        {error && <Problem error={error} onRetry={reload} />}
        {!data && !error && <Skeleton rows={8} />}
        {objects.map((one) => (
          <ConfigurationObject key={one.name} one={one} />
        ))}
      </div>
    </div>
  );
}

function Properties({ properties }: { properties: readonly Parameter[] }) {
  if (properties.length === 0) return null;
  return (
    <Section title="User properties" aside={formatCount(properties.length)}>
      <dl className="pairs">
        {properties.map((property) => (
          <Pair key={property.name} name={property.name}>
            <span className="mono value-text" title={[property.type, property.description].filter(Boolean).join("\n")}>
              {property.value}
            </span>
          </Pair>
        ))}
      </dl>
    </Section>
  );
}

/** Longer ones are trees to fold from the first, where they can be. */
const LONG = 60;

/** Files of a kind that editors know keep its extension. */
const EXTENSION: Record<string, string> = { json: "json", yaml: "yaml", yml: "yaml", toml: "toml", ini: "ini", hocon: "conf", dict: "json", dictionary: "json" };

function ConfigurationObject({ one }: { one: Configuration }) {
  const { name, text, type, description, time_us } = one;
  const lines = useMemo(() => text.split("\n").length, [text]);
  const tree = useMemo(() => parseTree(text), [text]);
  const [folding, setFolding] = useState(lines > LONG);
  const save = () => downloadText(fileName(name, EXTENSION[type.toLowerCase()] ?? "txt"), text, "text/plain");
  return (
    <section className="section">
      <header className="configuration-head">
        <h2 className="clip" title={`${name}\n${describeTime(time_us)}`}>
          {name} <span className="dim">{[type, formatCounted(lines, "line")].filter(Boolean).join(", ")}</span>
        </h2>
        {tree !== undefined && (
          <button className="chip" aria-pressed={folding} onClick={() => setFolding(!folding)} title="As a tree to fold, or as the text it is">
            fold
          </button>
        )}
        <Copy text={text} shown="Copy" label={name} />
        <button className="link" onClick={save}>
          Download
        </button>
      </header>
      {description && <p className="dim prose">{description}</p>}
      {folding && tree !== undefined ? (
        <div className="configuration-text">
          <JsonTree value={tree} />
        </div>
      ) : (
        <pre className="configuration-text mono" tabIndex={0}>
          {text}
        </pre>
      )}
    </section>
  );
}

function NoConfiguration() {
  return (
    <Empty title="No configuration yet">
      <p>Parameters, configuration objects and properties appear here when the task is told of them:</p>
      <pre className="snippet mono">
        {'task.connect({"learning_rate": 0.1, "layers": 3})\n' +
          'task.connect_configuration("config.yaml", name="model")\n' +
          'task.set_user_properties(owner="me")'}
      </pre>
      <p>Arguments read by argparse are recorded by themselves.</p>
    </Empty>
  );
}
