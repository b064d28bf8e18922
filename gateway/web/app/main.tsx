/**
 * Starts the dashboard.
 * @module
 */
import { render } from "preact";
import { createClient } from "#gateway/api/client.ts";
import { Page } from "./components/page.tsx";
import { createModel } from "./model.ts";
import { applyTheme } from "./theme.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element #app");
applyTheme(document.documentElement);
render(<Page model={createModel(createClient())} />, root);
