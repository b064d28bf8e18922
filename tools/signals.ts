/**
 * When a long-running command is to end.
 * @module
 */

/** Resolves at Ctrl-C, SIGTERM or a closed terminal; in a child process at SIGTERM, or when its parent is gone. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    if (process.send === undefined) {
      process.once("SIGINT", () => resolve());
      process.once("SIGHUP", () => resolve());
      return;
    }
    // A terminal sends Ctrl-C to the whole group; who started this process stops it in good order.
    for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
    process.once("disconnect", () => resolve());
  });
}
