import { readFileSync } from "node:fs";
import { join } from "node:path";
import { flatPath } from "./bundle.ts";
import type { Loaded } from "./member.ts";

/** The parts of a `package.json` that packing reads or writes. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly private?: boolean;
  /** Absent of what is only a command. */
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The `package.json` of a folder. */
export const readManifest = (folder: string): PackageManifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageManifest;

/** Where a module of the sources stands after the build, in `dist`: `./src/frame/index.ts` in `frame/index.js`. */
export const builtPath = (target: string): string =>
  target.replace(/^\.\/(?:src\/)?/, "").replace(/\.[jt]s$/, ".js");

/** Where an export of the sources stands after the build: `./src/x.ts` becomes its types and its JavaScript. */
function builtExport(target: string, loaded: Loaded | undefined): BuiltExport {
  const path = builtPath(target);
  const types = `./dist/${path.replace(/\.js$/, ".d.ts")}`;
  if (loaded === "files") return { types, default: `./dist/${flatPath(path)}` };
  return {
    types,
    ...(loaded === "node" && { node: `./dist/node/${flatPath(path)}` }),
    default: `./dist/${path}`,
  };
}

interface BuiltExport {
  readonly types: string;
  readonly node?: string;
  readonly default: string;
}

/** How a package is published. */
export interface PublishOptions {
  /** Versions of our own packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Range of Node's versions. */
  readonly node: string;
  /** Dependencies that only its build has. */
  readonly without: readonly string[];
  /** How its modules are loaded; one by one where absent. */
  readonly loaded?: Loaded | undefined;
}

/**
 * The `package.json` that is published: exports and commands of the built files, our own packages by the exact version
 * (they are released together), no field that only the repository needs.
 */
export function publishedManifest(
  manifest: PackageManifest,
  { versions, node, without, loaded }: PublishOptions,
): PackageManifest {
  const {
    private: _private,
    devDependencies: _development,
    scripts: _scripts,
    exports = {},
    bin,
    ...rest
  } = manifest;
  const built = Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target !== "string") throw new Error(`${manifest.name}: the export ${path} is no file`);
      return [path, target.endsWith(".ts") ? builtExport(target, loaded) : target];
    }),
  );
  const main = built["."] as BuiltExport | undefined;
  const commands = Object.entries(bin ?? {}).map(([name, target]) => [name, `./dist/${builtPath(target)}`]);
  const dependencies = Object.entries(manifest.dependencies ?? {})
    .filter(([name]) => !without.includes(name))
    .map(([name, range]) => [name, versions[name] ?? range]);
  return {
    ...rest,
    ...(main !== undefined && { main: main.default, types: main.types }),
    exports: { ...built, "./package.json": "./package.json" },
    ...(commands.length === 0 ? {} : { bin: Object.fromEntries(commands) }),
    ...(dependencies.length === 0 ? {} : { dependencies: Object.fromEntries(dependencies) }),
    engines: { node },
    publishConfig: { access: "public" },
  };
}
