import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Packages for Node: whoever installs them has its types, and the major version that `node:sqlite` needs. */
export const FOR_NODE: ReadonlySet<string> = new Set([
  "graph",
  "learn",
  "pipeline",
  "fleet",
  "dashboard",
  "cli",
]);

/** How modules of a package are loaded: in few files, or so in Node alone and elsewhere one by one. */
export type Loaded = "files" | "node";

/**
 * Packages whose modules are bundled when they are packed. In Node each file costs a third of a millisecond, and some starts took
 * a thousand of them. A phone's or page's bundler leaves out what an app does not use, module by module: theirs stay.
 */
export const LOADED: Readonly<Record<string, Loaded>> = {
  spec: "node",
  predict: "node",
  graph: "files",
  learn: "files",
  pipeline: "files",
  fleet: "files",
  cli: "files",
};

/** Packages that stand elsewhere than in `packages/`. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "example-activity": "examples/activity",
  fleet: "apps/fleet",
  dashboard: "apps/dashboard",
};

/** Packages of others that a page of ours is bundled from: whoever installs the page wants none of them. */
export const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  dashboard: ["@vitejs/plugin-react", "react", "react-dom", "recharts", "vite"],
};

/** Folder of a package, from its name without the scope. */
export const folderOf = (name: string): string => join(root, ELSEWHERE[name] ?? join("packages", name));
