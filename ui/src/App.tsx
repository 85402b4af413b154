import { useState, type ReactNode } from "react";

import { address, usePath } from "./state/address";
import { connection } from "./state/connection";
import { useKeys } from "./state/keys";
import { useStore } from "./state/store";
import { setThemeChoice, useThemeChoice, type ThemeChoice } from "./state/theme";
import { ProjectsPage } from "./pages/ProjectsPage";
import { TaskPage } from "./pages/TaskPage";
import { TasksPage } from "./pages/TasksPage";
import { navigate } from "./state/address";
import { Empty } from "./widgets/Feedback";
import { KeyHelp } from "./widgets/KeyHelp";
import { Link } from "./widgets/Link";

export function App() {
  const path = usePath();
  const [help, setHelp] = useState(false);
  useKeys("Everywhere", [
    { keys: ["?"], does: "show these keys", run: () => setHelp(true) },
    { keys: ["P"], does: "projects", run: () => navigate(address.projects()) },
    { keys: ["T"], does: "tasks", run: () => navigate(address.tasks()) },
  ]);
  return (
    <>
      <TopBar path={path} onHelp={() => setHelp(true)} />
      <ConnectionBanner />
      <main>{page(path)}</main>
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

function page(path: string): ReactNode {
  const [first = "", id = "", tab = ""] = path.split("/").filter(Boolean);
  if (first === "") return <ProjectsPage />;
  if (first === "tasks") return <TasksPage />;
  if (first === "task" && id) return <TaskPage key={id} id={decode(id)} tab={tab} />;
  return (
    <Empty title="There is no such page">
      <p>
        <Link className="link" to={address.projects()}>
          All projects
        </Link>
      </p>
    </Empty>
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function TopBar({ path, onHelp }: { path: string; onHelp(): void }) {
  return (
    <header className="topbar">
      <Link to={address.projects()} className="brand" aria-label="Stripchart, projects">
        <svg viewBox="0 0 32 20" width="32" height="20" aria-hidden>
          <path d="M1 13h6l3-9 5 14 4-11 3 6h9" />
        </svg>
        <span>Stripchart</span>
      </Link>
      <nav>
        <Link to={address.projects()} aria-current={path === "/" ? "page" : undefined}>
          Projects
        </Link>
        <Link to={address.tasks()} aria-current={path === "/tasks" ? "page" : undefined}>
          Tasks
        </Link>
      </nav>
      <span className="grow" />
      <ThemeToggle />
      <button className="plain" onClick={onHelp} title="Keyboard (?)" aria-label="keyboard help">
        ?
      </button>
    </header>
  );
}

const NEXT_THEME: Record<ThemeChoice, ThemeChoice> = { system: "dark", dark: "light", light: "system" };
const THEME_SIGN: Record<ThemeChoice, string> = { system: "◐", dark: "●", light: "○" };

function ThemeToggle() {
  const choice = useThemeChoice();
  const next = NEXT_THEME[choice];
  const turn = () => setThemeChoice(next);
  useKeys("Everywhere", [{ keys: ["D"], does: "theme: system, dark, light", run: turn }]);
  return (
    <button className="plain" onClick={turn} title={`Theme: ${choice}. Click for ${next} (D)`} aria-label={`theme: ${choice}`}>
      {THEME_SIGN[choice]}
    </button>
  );
}

/** Lies over the page instead of pushing it down: a lost server moves nothing. */
function ConnectionBanner() {
  const lost = useStore(connection) === "lost";
  return (
    <div className={`connection${lost ? " connection-lost" : ""}`} role="status">
      {lost && (
        <>
          <i className="dot dot-quiet" aria-hidden /> The server does not answer. What you see stays; trying again…
        </>
      )}
    </div>
  );
}
