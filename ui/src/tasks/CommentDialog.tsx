import { useState } from "react";

import { Markdown } from "../markdown/Markdown";
import { Dialog } from "../widgets/Dialog";
import { editTasks } from "./actions";

/** Write a comment, and see how it will look. Says so where somebody else has changed it meanwhile. */
export function CommentDialog({ id, comment, onClose }: { id: string; comment: string; onClose(): void }) {
  const [base, setBase] = useState(comment);
  const [draft, setDraft] = useState(comment);
  const [seen, setSeen] = useState(false);
  const changed = comment !== base;
  const save = () => {
    if (draft !== comment) void editTasks({ ids: [id] }, { comment: draft }, "Commented");
  };
  return (
    <Dialog title="Comment" action="Save" disabled={draft === comment && !changed} onDo={save} onClose={onClose} wide>
      {changed && (
        <p className="warn" role="alert">
          Somebody else has changed the comment meanwhile; saving puts yours in its place.{" "}
          <button type="button" className="link" onClick={() => (setBase(comment), setDraft(comment))}>
            Take theirs
          </button>{" "}
          <button type="button" className="link" onClick={() => (setBase(comment), setDraft(`${comment}\n\n${draft}`))}>
            Put both
          </button>
        </p>
      )}
      <div className="chips" role="group" aria-label="what is shown">
        <button type="button" className="chip" aria-pressed={!seen} onClick={() => setSeen(false)}>
          Write
        </button>
        <button type="button" className="chip" aria-pressed={seen} onClick={() => setSeen(true)}>
          Look
        </button>
        <span className="dim chip-note">Markdown: **bold**, `code`, lists, tables, [links](https://…)</span>
      </div>
      {seen ? (
        <div className="comment-look">{draft.trim() ? <Markdown text={draft} /> : <p className="dim">Nothing yet.</p>}</div>
      ) : (
        <textarea
          className="search mono comment-text"
          rows={14}
          aria-label="comment in Markdown"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
      )}
    </Dialog>
  );
}
