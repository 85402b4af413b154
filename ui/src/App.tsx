import { useEffect, useState, type ReactNode } from "react";

import { FileBar, NotHere } from "./embed/FileBar";
import { fileNote, isReadOnly } from "./embed/frame";
import { address, usePath } from "./state/address";
import { connection } from "./state/connection";
import { useKeys } from "./state/keys";
import { routeOf } from "./state/route";
import { useStore } from "./state/store";
import { setThemeChoice, useThemeChoice, type ThemeChoice } from "./state/theme";
import { useTitle } from "./state/title";
import { useSettings } from "./state/settings";
import { ProjectsPage } from "./pages/ProjectsPage";
import { SettingsPage } from "./pages/SettingsPage";
import { TaskPage } from "./pages/TaskPage";
import { TasksPage } from "./pages/TasksPage";
import { ComparePage, loadPartsOf } from "./parts";
import { navigate } from "./state/address";
import { Boundary } from "./widgets/Boundary";
import { Empty } from "./widgets/Feedback";
import { KeyHelp } from "./widgets/KeyHelp";
import { Toasts } from "./widgets/Toasts";
import { Link } from "./widgets/Link";

export function App() {
  const path = usePath();
  useEffect(() => loadPartsOf(path), [path]);
  const [help, setHelp] = useState(false);
  const { zone } = useSettings();
  const note = fileNote();
  useKeys("Everywhere", [
    { keys: ["?"], does: "show these keys", run: () => setHelp(true) },
    { keys: ["P"], does: "projects", run: () => navigate(address.projects()) },
    { keys: ["T"], does: "tasks", run: () => navigate(address.tasks()) },
    { keys: [","], does: "settings", run: () => navigate(address.settings()) },
  ]);
  return (
    <>
      {note && (
        <FileBar note={note}>
          <PageButtons onHelp={() => setHelp(true)} />
        </FileBar>
      )}
      {!isReadOnly() && <TopBar path={path} onHelp={() => setHelp(true)} />}
      <ConnectionBanner />
      {/* Dates are written anew in another time zone. */}
      <main key={zone}>
        <Boundary at={path}>{page(path)}</Boundary>
      </main>
      <Toasts />
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

function page(path: string): ReactNode {
  const route = routeOf(path);
  if (isReadOnly() && route.page !== "task" && route.page !== "elsewhere") return <NotHere path={path} />;
  if (route.page === "projects") return <ProjectsPage />;
  if (route.page === "tasks") return <TasksPage />;
  if (route.page === "task") return <TaskPage id={route.id} tab={route.tab} />;
  if (route.page === "compare") return <ComparePage tab={route.tab} />;
  if (route.page === "settings") return <SettingsPage />;
  if (route.page === "elsewhere") return <Redirect to={route.to} />;
  return <NoPage path={path} />;
}

function Redirect({ to }: { to: string }) {
  useEffect(() => navigate(to + location.search + location.hash, { replace: true }), [to]);
  return null;
}

function NoPage({ path }: { path: string }) {
  useTitle("No such page");
  return (
    <Empty whole title="There is no such page">
      <p className="mono clip">{path}</p>
      <p>
        <Link className="link" to={address.projects()}>
          All projects
        </Link>{" "}
        <Link className="link" to={address.tasks()}>
          All tasks
        </Link>
      </p>
    </Empty>
  );
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
      <PageButtons onHelp={onHelp} />
    </header>
  );
}

function PageButtons({ onHelp }: { onHelp(): void }) {
  return (
    <>
      <ThemeToggle />
      {!isReadOnly() && (
        <Link className="plain plain-link" to={address.settings()} title="Settings (,)" aria-label="settings">
          ⚙
        </Link>
      )}
      <button className="plain" onClick={onHelp} title="Keyboard (?)" aria-label="keyboard help">
        ?
      </button>
    </>
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
