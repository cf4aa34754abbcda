import { execFile } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "tideline-readme-"));
afterAll(() => rmSync(work, { recursive: true }));

/** What the snippets of every package speak of without saying where it comes from. */
const COMMON = `
declare const app: import("@tideline/spec").AppDefinition;
declare const root: import("@tideline/spec").RootMetadata;
declare const collect: string, console: string, writeKey: string;
declare const tap: import("@tideline/spec").EventDefinition<"tap", { target: import("@tideline/spec").StringField }>;
`;

/** And those of one package, by its folder. */
const OWN: Readonly<Record<string, string>> = {
  device: `
declare const ports: import("@tideline/device").DevicePorts;
declare const bundled: import("@tideline/device").BundledRelease;
declare const options: import("@tideline/device").ClientOptions;
declare const session: string, startTime: number, samples: Float32Array;
`,
  "react-native": `
type Modules = Required<import("@tideline/react-native").ExpoModules>;
declare const SQLite: Modules["sqlite"], Crypto: Modules["crypto"], SecureStore: Modules["secureStore"];
declare const Network: Modules["network"], Battery: Modules["battery"], AppState: Modules["appState"];
declare const fetch: Modules["fetch"];
declare const user: string | null, channel: "stable", environment: "production";
`,
  web: `
declare function showConsent(purposes: readonly string[]): void;
declare const client: import("@tideline/web").WebClient;
`,
};

/** Packages whose snippets import what they name, and are run. */
const RUNNING: readonly string[] = ["graph", "learn"];

/** Libraries of a package's platform beside the language's own. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = { web: ["dom", "dom.iterable"] };

/** TypeScript of a page: each block becomes a module. */
const snippetsOf = (page: string): string[] =>
  [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);

/** Declares what packages export as if the snippet had imported it. */
async function globalsOf(names: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    names.map(async (name) => {
      const exported = Object.keys((await import(name)) as object);
      return exported.map((value) => `declare const ${value}: typeof import("${name}").${value};`);
    }),
  );
  return [...new Set(lines.flat())].join("\n");
}

/** Complaints of the compiler about the snippets of a package's page. */
async function complaints(folder: string, page: string): Promise<string> {
  const place = join(work, folder);
  mkdirSync(place);
  symlinkSync(join(root, "node_modules"), join(place, "node_modules"));
  writeFileSync(join(place, "package.json"), '{ "type": "module" }');
  if (!RUNNING.includes(folder)) {
    const packages = [...new Set(["@tideline/device", `@tideline/${folder}`])];
    writeFileSync(join(place, "globals.d.ts"), `${COMMON}${OWN[folder] ?? ""}${await globalsOf(packages)}`);
  }
  snippetsOf(page).forEach((code, index) =>
    writeFileSync(join(place, `${index}.ts`), `${code}\nexport {};\n`),
  );
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    lib: ["es2024", ...(LIBRARIES[folder] ?? [])],
    types: RUNNING.includes(folder) ? ["node"] : [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return promisify(execFile)(process.execPath, [tsc, "-p", place]).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const PAGES = globSync("packages/*/README.md", { cwd: root })
  .map((path) => [dirname(path).split("/").at(-1)!, readFileSync(join(root, path), "utf8")] as const)
  .filter(([, page]) => snippetsOf(page).length > 0);

test.each(PAGES)(
  "every snippet of the page of %s compiles, and runs where it stands alone",
  async (folder, page) => {
    expect(await complaints(folder, page)).toBe("");
    if (!RUNNING.includes(folder)) return;
    for (const index of snippetsOf(page).keys()) {
      const { stderr } = await promisify(execFile)(process.execPath, [join(work, folder, `${index}.ts`)]);
      expect(stderr).toBe("");
    }
  },
  180_000,
);

test("a snippet that does not compile is noticed", async () => {
  const page = "```ts\nawait createClient({ app, ports, nothing: 1 });\n```\n";
  rmSync(join(work, "device"), { recursive: true, force: true });
  expect(await complaints("device", page)).toMatch(/nothing/);
}, 180_000);
