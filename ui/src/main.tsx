import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { startFrame } from "./embed/frame";
import { startKeys } from "./state/keys";
import { startSettings } from "./state/settings";
import { startTheme } from "./state/theme";
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/frame.css";
import "./styles/tables.css";
import "./styles/task.css";
import "./styles/overview.css";
import "./styles/console.css";
import "./styles/over.css";
import "./styles/narrow.css";

startTheme();
startSettings();
startKeys();

const data = document.getElementById("stripchart-data");
if (data) await (await import("./embed/file")).startFile(data);
startFrame();

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
