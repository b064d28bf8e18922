/** What was built last, and from what. */
export interface Build {
  /** Its folder in `DIST`. */
  folder: string;
  builtMs: number;
  /** Paths from the root. */
  sources: string[];
}

export const DIST: string;
export function currentBuild(root?: URL): Build | undefined;
export function runProgram(name: string, source: string, root?: URL): Promise<void>;
