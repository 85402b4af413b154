// Whether the server can be reached, as the last request or push stream found out.

import { createStore } from "./store";

export type Connection = "online" | "lost";

export const connection = createStore<Connection>("online");

export function setConnection(state: Connection): void {
  connection.set(state);
}
