// The tree of projects: paths `a/b/c`, with what lies below counted in.

import type { Project } from "../api/types";

export interface ProjectNode {
  path: string;
  /** The last part of the path. */
  label: string;
  depth: number;
  /** Of the project itself and of all below it. */
  tasks: number;
  byStatus: Record<string, number>;
  updatedUs: number | null;
}

/** Rows of a tree in order of paths, parents that have no tasks of their own included. */
export function projectTree(projects: readonly Project[]): ProjectNode[] {
  const nodes = new Map<string, ProjectNode>();
  for (const project of projects) {
    const parts = project.name.split("/");
    for (let depth = 0; depth < parts.length; depth++) {
      const path = parts.slice(0, depth + 1).join("/");
      const node = nodes.get(path) ?? emptyNode(path, parts[depth] ?? "", depth);
      nodes.set(path, node);
      addTo(node, project);
    }
  }
  return [...nodes.values()].sort((a, b) => comparePaths(a.path, b.path));
}

function emptyNode(path: string, label: string, depth: number): ProjectNode {
  return { path, label, depth, tasks: 0, byStatus: {}, updatedUs: null };
}

function addTo(node: ProjectNode, project: Project): void {
  node.tasks += project.tasks;
  for (const [status, count] of Object.entries(project.by_status))
    node.byStatus[status] = (node.byStatus[status] ?? 0) + count;
  if (project.updated_us !== null) node.updatedUs = Math.max(node.updatedUs ?? 0, project.updated_us);
}

/** Part by part, so that `a/b` stands under `a` and before `a b`. */
function comparePaths(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i] ?? "").localeCompare(right[i] ?? "", undefined, { numeric: true });
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Whether anything lies below the node. */
export function isParent(nodes: readonly ProjectNode[], node: ProjectNode): boolean {
  return nodes.some(({ path }) => path.startsWith(`${node.path}/`));
}

/** The nodes that no folded one hides. */
export function unfolded(nodes: readonly ProjectNode[], folded: ReadonlySet<string>): ProjectNode[] {
  return nodes.filter(({ path }) => {
    const parts = path.split("/");
    return !parts.some((_, depth) => depth > 0 && folded.has(parts.slice(0, depth).join("/")));
  });
}

/** The nodes whose path holds the text, with their parents so that the tree stays readable. */
export function filterTree(nodes: readonly ProjectNode[], search: string): ProjectNode[] {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return [...nodes];
  const hits = nodes.filter((node) => node.path.toLowerCase().includes(wanted));
  return nodes.filter((node) => hits.some((hit) => hit.path === node.path || hit.path.startsWith(`${node.path}/`)));
}
