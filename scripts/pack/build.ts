import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleModules } from "./bundle.ts";
import { builtPath, publishedManifest, readManifest, type PackageManifest } from "./manifest.ts";
import { BUNDLED, folderOf, FOR_NODE, LOADED } from "./member.ts";

const root = join(import.meta.dirname, "../..");
const tsc = join(root, "node_modules/typescript/bin/tsc");

/** Ends of the paths that declarations import: the compiler rewrites them in JavaScript only. */
const TYPE_IMPORT = /(from "|import\(")(\.{1,2}\/[^"]+)\.ts"/g;

/** Files that JavaScript starts as a thread or process of its own, which the compiler leaves as they are called. */
const STARTED = /((?:new URL\(|import\.meta\.dirname, )"(?:\.\/)?[\w-]+)\.ts"/g;

/** Modules that JavaScript of the sources imports, which the compiler does not see. */
const DYNAMIC_IMPORT = /(import\("\.{1,2}\/[^"]+)\.ts"/g;

/** Files beside `src` that a package publishes as they are. */
const EXTRA = ["README.md", "app.plugin.js"];

/** Sources that a package exports. */
function exported({ exports = {} }: PackageManifest): readonly string[] {
  return Object.values(exports).filter(
    (target): target is string => typeof target === "string" && target.endsWith(".ts"),
  );
}

interface CompileOptions {
  readonly forNode: boolean;
  /** Whether maps to the sources are written beside. */
  readonly mapped: boolean;
}

function compile(
  folder: string,
  out: string,
  manifest: PackageManifest,
  { forNode, mapped }: CompileOptions,
): void {
  const own = join(folder, "tsconfig.json");
  const sources = join(folder, "src");
  // What stands beside `src` is a package whose exports are the whole of it, or whose `src` is a page.
  const flat = exported(manifest).some((target) => !target.startsWith("./src/"));
  const extended = existsSync(own) && !flat;
  const configuration = {
    extends: extended ? own : join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      ...(mapped && { sourceMap: true, inlineSources: true }),
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      rootDir: flat ? folder : sources,
      outDir: out,
      // Whoever installs it has no types of Node, and may have none of a browser.
      ...(extended || forNode ? {} : { types: [], lib: ["es2024"] }),
      typeRoots: [join(root, "node_modules/@types")],
      target: "es2022",
    },
    include: flat ? [] : [sources],
    // What stands in folders of tests is built where an export asks it.
    ...((forNode || flat) && { files: exported(manifest).map((target) => join(folder, target)) }),
    exclude: [
      join(folder, "**/*.test.ts"),
      join(folder, "**/*.node.ts"),
      ...(forNode ? [join(folder, "**/testing/**")] : []),
    ],
  };
  mkdirSync(out, { recursive: true });
  const file = join(out, "../tsconfig.json");
  writeFileSync(file, JSON.stringify(configuration));
  execFileSync(process.execPath, [tsc, "-p", file], { stdio: ["ignore", "inherit", "inherit"] });
  rmSync(file);
  for (const name of globSync("**/*.d.ts", { cwd: out })) {
    const path = join(out, name);
    writeFileSync(path, readFileSync(path, "utf8").replace(TYPE_IMPORT, '$1$2.js"'));
  }
  for (const name of flat ? [] : globSync("**/*.js", { cwd: sources })) {
    const path = join(out, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, readFileSync(join(sources, name), "utf8").replace(DYNAMIC_IMPORT, '$1.js"'));
  }
  if (forNode)
    for (const name of globSync("**/*.js", { cwd: out })) {
      const path = join(out, name);
      const text = readFileSync(path, "utf8");
      if (STARTED.test(text)) writeFileSync(path, text.replace(STARTED, '$1.js"'));
      STARTED.lastIndex = 0;
    }
}

/**
 * Builds a package into a folder as it is published: `dist` with ES modules and their types, its files beside the
 * sources, the licence; a page that it serves stands in `dist/page`, bundled. Modules come in few files where that loads faster.
 *
 * @param name of the package without its scope.
 */
export function buildPackage(name: string, stage: string, versions: Readonly<Record<string, string>>): void {
  const folder = folderOf(name);
  const manifest = readManifest(folder);
  const [dist, loaded, forNode] = [join(stage, "dist"), LOADED[name], FOR_NODE.has(name)];
  compile(folder, dist, manifest, { forNode, mapped: loaded === "files" });
  // A conformance suite that the package exports travels; fixtures of its own tests do not. For Node they were not built.
  for (const fixtures of forNode ? [] : globSync("dist/**/testing", { cwd: stage })) {
    const published = fixtures === join("dist", "testing") && manifest.exports?.["./testing"] !== undefined;
    if (!published) rmSync(join(stage, fixtures), { recursive: true });
  }
  // Before what is bundled: the bundler asks it what an import may leave out.
  const file = join(stage, "package.json");
  const options = { versions, node: forNode ? ">=24" : ">=20", without: BUNDLED[name] ?? [], loaded };
  const published = publishedManifest(manifest, options);
  writeFileSync(file, JSON.stringify(published));
  const entries = [...exported(manifest), ...Object.values(manifest.bin ?? {})].map(builtPath);
  if (loaded === "files") bundleModules(dist, { entries, sources: join(folder, "src") });
  if (loaded === "node") bundleModules(dist, { entries, to: join(dist, "node") });
  const bundler = join(folder, "bundle.ts");
  if (existsSync(bundler))
    execFileSync(process.execPath, [bundler, join(stage, "dist/page")], {
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "inherit", "inherit"],
    });
  const files = ["dist", ...EXTRA.filter((file) => existsSync(join(folder, file)))];
  for (const extra of files.slice(1)) copyFileSync(join(folder, extra), join(stage, extra));
  for (const legal of ["LICENSE", "NOTICE"]) copyFileSync(join(root, legal), join(stage, legal));
  writeFileSync(file, `${JSON.stringify({ ...published, files: [...files, "NOTICE"] }, null, 2)}\n`);
}
