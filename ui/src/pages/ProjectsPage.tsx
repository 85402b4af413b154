import { useEffect, useMemo, useState } from "react";

import { getJson } from "../api/client";
import { subscribe } from "../api/events";
import type { ProjectList } from "../api/types";
import { address, navigate, param, useParam } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { readPreference, writePreference } from "../state/preferences";
import { filterTree, isParent, projectTree, unfolded, type ProjectNode } from "../state/projects";
import { useResource } from "../state/resource";
import { statusColour, statusName, STATUSES } from "../state/status";
import { throttle } from "../state/throttle";
import { useTitle } from "../state/title";
import { Empty, FirstSteps, Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { SearchBox } from "../widgets/SearchBox";
import { Ago } from "../widgets/Time";

const SEARCH = param.text("q");

const REFRESH_MS = 2000;

export function ProjectsPage() {
  useTitle("Projects");
  const { data, error, reload } = useResource("projects", (signal) => getJson<ProjectList>("/projects", { signal }));
  useEffect(() => {
    const refresh = throttle(reload, REFRESH_MS);
    const stop = subscribe(null, { onChange: refresh, onResync: refresh });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [reload]);
  const [search, setSearch] = useParam(SEARCH);
  const tree = useMemo(() => projectTree(data?.projects ?? []), [data]);
  const [folded, fold] = useFolded();
  // What is searched for must be seen, in folded projects too.
  const shown = useMemo(() => (search ? filterTree(tree, search) : unfolded(tree, folded)), [tree, search, folded]);
  return (
    <div className="page">
      <div className="toolbar">
        <h1>Projects</h1>
        <SearchBox value={search} onChange={setSearch} placeholder="Search projects  /" keyGroup="Projects" />
        <span className="grow" />
        <span className="dim">{data && formatCounted(tree.length, "project")}</span>
      </div>
      {error && <Problem error={error} onRetry={reload} />}
      {!data && !error && <Skeleton rows={8} />}
      {data && tree.length === 0 && (
        <Empty title="No tasks yet">
          <FirstSteps />
        </Empty>
      )}
      {data && tree.length > 0 && shown.length === 0 && <Empty title={`No project has “${search}” in its path`} />}
      {shown.length > 0 && <ProjectRows nodes={shown} tree={tree} folded={search ? NONE : folded} onFold={fold} />}
    </div>
  );
}

const FOLDED = "projects.folded";
const NONE: ReadonlySet<string> = new Set();

/** The projects that the reader has folded, remembered in this browser. */
function useFolded(): [ReadonlySet<string>, (path: string, shut: boolean) => void] {
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => {
    const kept: unknown = readPreference(FOLDED, []);
    return new Set(Array.isArray(kept) ? kept.filter((path) => typeof path === "string") : []);
  });
  const fold = (path: string, shut: boolean) => {
    const next = new Set(folded);
    if (shut) next.add(path);
    else next.delete(path);
    writePreference(FOLDED, [...next]);
    setFolded(next);
  };
  return [folded, fold];
}

interface RowsProps {
  nodes: readonly ProjectNode[];
  tree: readonly ProjectNode[];
  folded: ReadonlySet<string>;
  onFold(path: string, shut: boolean): void;
}

function ProjectRows({ nodes, tree, folded, onFold }: RowsProps) {
  const [active, setActive] = useState(-1);
  const move = (step: number) => setActive((old) => Math.max(0, Math.min(nodes.length - 1, old + step)));
  const here = nodes[active];
  useKeys("Projects", [
    { keys: ["j", "ArrowDown"], does: "next", run: () => move(1) },
    { keys: ["k", "ArrowUp"], does: "previous", run: () => move(-1) },
    { keys: ["ArrowLeft"], does: "fold", run: () => here && isParent(tree, here) && onFold(here.path, true) },
    { keys: ["ArrowRight"], does: "unfold", run: () => here && onFold(here.path, false) },
    { keys: ["Enter"], does: "open", run: () => here && navigate(address.tasks(here.path)) },
  ]);
  const parents = useMemo(() => new Set(tree.filter((node) => isParent(tree, node)).map(({ path }) => path)), [tree]);
  return (
    <ul className="projects">
      <li className="projects-head" aria-hidden>
        <span>Project</span>
        <span className="num">Tasks</span>
        <span>Status</span>
        <span className="num">Last activity</span>
      </li>
      {nodes.map((node, index) => (
        <ProjectRow
          key={node.path}
          node={node}
          active={index === active}
          parent={parents.has(node.path)}
          folded={folded.has(node.path)}
          onFold={onFold}
        />
      ))}
    </ul>
  );
}

interface RowProps extends Pick<RowsProps, "onFold"> {
  node: ProjectNode;
  active: boolean;
  parent: boolean;
  folded: boolean;
}

const INDENT_PX = 18;
const DEEPEST_SHOWN = 12;

function ProjectRow({ node, active, parent, folded, onFold }: RowProps) {
  const scroll = (element: HTMLLIElement | null) => {
    if (active) element?.scrollIntoView({ block: "nearest" });
  };
  const indent = Math.min(node.depth, DEEPEST_SHOWN) * INDENT_PX;
  return (
    <li ref={scroll} className={active ? "active" : ""}>
      {parent && (
        <button
          className="project-fold"
          style={{ left: indent + 4 }}
          aria-expanded={!folded}
          aria-label={`${folded ? "unfold" : "fold"} ${node.path}`}
          onClick={() => onFold(node.path, !folded)}
        >
          {folded ? "▸" : "▾"}
        </button>
      )}
      <Link to={address.tasks(node.path)}>
        <span className="clip" title={node.path} style={{ paddingInlineStart: indent + INDENT_PX }}>
          {node.label || <i className="dim">no name</i>}
        </span>
        <span className="num">{formatCount(node.tasks)}</span>
        <StatusCounts counts={node.byStatus} total={node.tasks} />
        <span className="num dim">
          <Ago timeUs={node.updatedUs} />
        </span>
      </Link>
    </li>
  );
}

/** How many tasks have which status: a bar in proportion, and the counts that matter in words. */
function StatusCounts({ counts, total }: { counts: Record<string, number>; total: number }) {
  const present = STATUSES.filter((status) => counts[status]);
  return (
    <span className="counts">
      <span className="counts-bar" aria-hidden>
        {present.map((status) => (
          <i
            key={status}
            style={{ width: `${(100 * (counts[status] ?? 0)) / Math.max(1, total)}%`, background: `var(${statusColour(status)})` }}
          />
        ))}
      </span>
      <span className="counts-words">
        {present.map((status) => (
          <span key={status} style={{ color: `var(${statusColour(status)})` }}>
            {formatCount(counts[status])} {statusName(status)}
          </span>
        ))}
      </span>
    </span>
  );
}
