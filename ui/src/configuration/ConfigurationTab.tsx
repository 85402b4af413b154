// The Configuration tab of a task: what it was told to do. Parameters, configuration objects, user properties.

import { useMemo } from "react";

import { configurationPath, readConfiguration } from "../api/reported";
import type { Parameter, TaskDetail } from "../api/types";
import { byName } from "../charts/sections";
import { Pair, Section } from "../pages/OverviewTab";
import { holding, Parameters } from "../pages/Parameters";
import { param, useParam } from "../state/address";
import { useFollowing } from "../state/following";
import { formatCount } from "../state/format";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { SearchBox } from "../widgets/SearchBox";
import { ConfigurationObject } from "./ConfigurationObject";
import "./configuration.css";

const SEARCH = param.text("search");

export function ConfigurationTab({ task }: { task: TaskDetail }) {
  const id = task.task.id;
  const { data, error, reload } = useFollowing(
    id,
    configurationPath(id),
    (signal) => readConfiguration(id, signal),
    (change) => change.detail,
  );
  const objects = useMemo(() => [...(data?.configurations ?? [])].sort((a, b) => byName(a.name, b.name)), [data]);
  const [search, setSearch] = useParam(SEARCH);
  const found = useMemo(
    () => ({
      parameters: holding(task.parameters, search),
      properties: holding(data?.properties ?? [], search),
      objects: objects.filter(({ name, description, text }) => holds(search, name, description, text)),
    }),
    [task.parameters, data, objects, search],
  );
  const nothing = data && task.parameters.length === 0 && objects.length === 0 && data.properties.length === 0;
  if (nothing) return <NoConfiguration />;
  const none = data && found.parameters.length === 0 && found.objects.length === 0 && found.properties.length === 0;
  return (
    <div className="configuration">
      <div className="configuration-bar">
        <SearchBox value={search} onChange={setSearch} placeholder="Search parameters and configuration" keyGroup="Configuration" />
        {none && <span className="dim">Nothing here has “{search}”.</span>}
      </div>
      <div>
        <Parameters parameters={found.parameters} of={task.parameters.length} searched />
        <Properties properties={found.properties} />
      </div>
      <div>
        {error && <Problem error={error} onRetry={reload} />}
        {!data && !error && <Skeleton rows={8} />}
        {found.objects.map((one) => (
          <ConfigurationObject key={one.name} one={one} search={search} />
        ))}
      </div>
    </div>
  );
}

function holds(search: string, ...texts: readonly string[]): boolean {
  const wanted = search.toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(wanted));
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
