import { readFileSync } from "node:fs";
import { join } from "node:path";

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

/** Where a source stands after the build, without its ending. */
const builtStem = (target: string): string =>
  target.replace(/^\.\/(?:src\/)?/, "./dist/").replace(/\.[jt]s$/, "");

/** Where an export of the sources stands after the build: `./src/x.ts` becomes its types and its JavaScript. */
const builtExport = (target: string): { readonly types: string; readonly default: string } => ({
  types: `${builtStem(target)}.d.ts`,
  default: `${builtStem(target)}.js`,
});

/** How a package is published. */
export interface PublishOptions {
  /** Versions of our own packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Range of Node's versions. */
  readonly node: string;
  /** Dependencies that only its build has. */
  readonly without: readonly string[];
}

/**
 * The `package.json` that is published: exports and commands of the built files, our own packages by the exact version
 * (they are released together), no field that only the repository needs.
 */
export function publishedManifest(
  manifest: PackageManifest,
  { versions, node, without }: PublishOptions,
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
      return [path, target.endsWith(".ts") ? builtExport(target) : target];
    }),
  );
  const main = built["."] as ReturnType<typeof builtExport> | undefined;
  const commands = Object.entries(bin ?? {}).map(([name, target]) => [name, `${builtStem(target)}.js`]);
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
