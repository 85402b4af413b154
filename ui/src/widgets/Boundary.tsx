// What fails while it is drawn takes itself off the page, not the page.

import { Component, type ReactNode } from "react";

import { Empty } from "./Feedback";

interface Props {
  /** Where the page is: somewhere else it is tried again. */
  at: string;
  children: ReactNode;
}

interface State {
  error: Error | null;
}

export class Boundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: Props): void {
    if (before.at !== this.props.at && this.state.error) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? <Failed error={error} /> : this.props.children;
  }
}

function Failed({ error }: { error: Error }) {
  return (
    <Empty title="This part of the page failed">
      <p>That should not happen. What the task recorded is not touched by it.</p>
      <p className="mono">{error.message}</p>
      <p>
        <button className="button button-main" onClick={() => location.reload()}>
          Reload the page
        </button>
      </p>
    </Empty>
  );
}
