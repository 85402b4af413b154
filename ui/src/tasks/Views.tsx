// Saved views: the address of the list under a name, of one project or of all.

import { useState } from "react";

import { getJson, sendJson } from "../api/client";
import type { View, ViewList } from "../api/types";
import { param, withParam } from "../state/address";
import { useResource } from "../state/resource";
import { showProblem, showToast } from "../state/toasts";
import { Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";

const PAGE = "tasks";

/** The project is where the view is opened, not part of what it says of tasks there. */
function withoutProject(search: string): string {
  return withParam(search, param.text("project"), "");
}

function addressOf(view: View, project: string): string {
  return `/tasks${withParam(view.address, param.text("project"), view.project || project)}`;
}

export function Views({ project, search, close }: { project: string; search: string; close(): void }) {
  const { data, error, reload } = useResource(`views ${project}`, (signal) =>
    getJson<ViewList>("/views", { query: { page: PAGE, project }, signal }),
  );
  const [name, setName] = useState("");
  const [everywhere, setEverywhere] = useState(false);
  const here = withoutProject(search);
  const save = async () => {
    const settings = { name: name.trim(), address: here, project: everywhere ? "" : project, page: PAGE };
    if (await attempt("The view was not saved.", () => sendJson("POST", "/views", settings))) setName("");
    reload();
  };
  return (
    <>
      <form
        className="menu-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void save();
        }}
      >
        <input
          className="search"
          autoFocus
          maxLength={200}
          placeholder="Save this view as"
          aria-label="name of the view"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button className="button" disabled={!name.trim()}>
          Save
        </button>
      </form>
      {project && (
        <label className="menu-row">
          <input type="checkbox" checked={everywhere} onChange={(event) => setEverywhere(event.target.checked)} />
          for every project, not only {project}
        </label>
      )}
      {error && <Problem error={error} onRetry={reload} />}
      {!data && !error && <Skeleton rows={3} />}
      {data?.views.length === 0 && <p className="dim menu-note">Nothing saved yet. A view is columns, filters, order and groups.</p>}
      <ul className="menu-list views">
        {data?.views.map((view) => (
          <OneView key={view.id} view={view} project={project} here={here} onChange={reload} close={close} />
        ))}
      </ul>
      <div className="menu-row menu-foot">
        <button className="link" onClick={() => void copyLink(location.href)}>
          Copy a link to what is shown
        </button>
      </div>
    </>
  );
}

interface OneProps {
  view: View;
  project: string;
  here: string;
  onChange(): void;
  close(): void;
}

function OneView({ view, project, here, onChange, close }: OneProps) {
  const [renaming, setRenaming] = useState<string | null>(null);
  const change = async (settings: Partial<View>) => {
    const { name, address, project: of, page } = { ...view, ...settings };
    await attempt("The view was not changed.", () =>
      sendJson("PUT", `/views/${encodeURIComponent(view.id)}`, { name, address, project: of, page }),
    );
    setRenaming(null);
    onChange();
  };
  const remove = async () => {
    const { name, address, project: of, page } = view;
    const again = () => sendJson("POST", "/views", { name, address, project: of, page }).then(onChange, (error) => showProblem("Not restored.", error));
    if (await attempt("The view was not deleted.", () => sendJson("DELETE", `/views/${encodeURIComponent(view.id)}`)))
      showToast(`Deleted the view “${name}”.`, { undo: () => void again() });
    onChange();
  };
  if (renaming !== null)
    return (
      <li>
        <form
          className="menu-row"
          onSubmit={(event) => {
            event.preventDefault();
            if (renaming.trim()) void change({ name: renaming.trim() });
          }}
        >
          <input
            className="search"
            autoFocus
            maxLength={200}
            aria-label="new name of the view"
            value={renaming}
            onChange={(event) => setRenaming(event.target.value)}
          />
          <button className="button">Rename</button>
        </form>
      </li>
    );
  return (
    <li className={view.address === here ? "current" : ""}>
      <Link className="clip" to={addressOf(view, project)} title={view.name} onClick={close}>
        {view.name}
      </Link>
      {view.project === "" && <small className="dim">all projects</small>}
      {view.address !== here && (
        <button className="step" onClick={() => void change({ address: here })} title="Replace it by what is shown now" aria-label={`update the view ${view.name}`}>
          ⟳
        </button>
      )}
      <button className="step" onClick={() => setRenaming(view.name)} title="Rename" aria-label={`rename the view ${view.name}`}>
        ✎
      </button>
      <button
        className="step"
        onClick={() => void copyLink(location.origin + addressOf(view, project))}
        title="Copy a link to it"
        aria-label={`copy a link to the view ${view.name}`}
      >
        link
      </button>
      <button className="step" onClick={() => void remove()} title="Delete" aria-label={`delete the view ${view.name}`}>
        ×
      </button>
    </li>
  );
}

async function attempt(problem: string, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    showProblem(problem, error);
    return false;
  }
}

async function copyLink(link: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    showToast("The link is in the clipboard.");
  } catch (error) {
    showProblem("The browser did not let the link into the clipboard.", error);
  }
}
