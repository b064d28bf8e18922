#!/usr/bin/env node
// Node runs the TypeScript sources through tsx; the command itself is daisee.ts.
import "tsx/esm";

await import("./daisee.ts");
