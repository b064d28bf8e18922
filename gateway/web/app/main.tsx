/**
 * Starts the dashboard.
 * @module
 */
import { render } from "preact";
import { createClient } from "#gateway/api/client.ts";
import { followAddress, route } from "./router.ts";
import { createSession } from "./session.ts";
import { Door } from "./shell/door.tsx";
import { preload } from "./shell/page.tsx";
import { applyTheme } from "./theme.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element #app");
applyTheme(document.documentElement);
followAddress();
const client = createClient();
const session = createSession(client);
// Both at once: the code of the page, and who looks at it. Without the code the page itself says so.
await Promise.all([preload(route.value.page).catch(() => undefined), session.refresh()]);
render(<Door client={client} session={session} />, root);
