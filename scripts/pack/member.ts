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
