import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { startKeys } from "./state/keys";
import { startTheme } from "./state/theme";
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/console.css";
import "./styles/pages.css";

startTheme();
startKeys();

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
