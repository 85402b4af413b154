import { address, navigate } from "../state/address";
import { listOf, type SetTaskView, type TaskView } from "./view";

interface Props {
  view: TaskView;
  setView: SetTaskView;
  /** The task to open in the list, where one is known. */
  open: string | undefined;
}

/** Table, list beside a task, charts. */
export function ModeSwitch({ view, setView, open }: Props) {
  const list = () => open !== undefined && navigate(withList(address.task(open), location.search));
  return (
    <div className="chips modes" role="group" aria-label="mode">
      <button className="chip" aria-pressed={view.mode === "table"} onClick={() => setView({ mode: "table" }, { push: true })}>
        Table
      </button>
      <button className="chip" aria-pressed={false} disabled={open === undefined} onClick={list} title="A list beside the open task">
        List
      </button>
      <button className="chip" aria-pressed={view.mode === "charts"} onClick={() => setView({ mode: "charts" }, { push: true })}>
        Charts
      </button>
    </div>
  );
}

/** The address of a task with this list beside it. */
export function withList(task: string, search: string): string {
  return `${task}?${new URLSearchParams({ list: listOf(search) }).toString()}`;
}
