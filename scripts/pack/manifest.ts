import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of a `package.json` that packing reads or writes. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The `package.json` of a folder. */
export const readManifest = (folder: string): PackageManifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageManifest;

/** Where an export of the sources stands after the build: `./src/x.ts` becomes its types and its JavaScript. */
function builtExport(target: string): { readonly types: string; readonly default: string } {
  const stem = target.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
  return { types: `${stem}.d.ts`, default: `${stem}.js` };
}

/**
 * The `package.json` that is published: exports of the built files, our own packages by the exact version (they are
 * released together), no field that only the repository needs.
 */
export function publishedManifest(
  manifest: PackageManifest,
  versions: Readonly<Record<string, string>>,
): PackageManifest {
  const { private: _private, devDependencies: _development, scripts: _scripts, exports, ...rest } = manifest;
  const built = Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target !== "string") throw new Error(`${manifest.name}: the export ${path} is no file`);
      return [path, target.startsWith("./src/") ? builtExport(target) : target];
    }),
  );
  const main = built["."] as ReturnType<typeof builtExport>;
  const dependencies = Object.entries(manifest.dependencies ?? {}).map(([name, range]) => [
    name,
    versions[name] ?? range,
  ]);
  return {
    ...rest,
    main: main.default,
    types: main.types,
    exports: { ...built, "./package.json": "./package.json" },
    ...(dependencies.length === 0 ? {} : { dependencies: Object.fromEntries(dependencies) }),
    engines: { node: ">=20" },
    publishConfig: { access: "public" },
  };
}
