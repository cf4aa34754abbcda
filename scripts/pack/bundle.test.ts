import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleModules } from "./bundle.ts";

/** What the compiler writes of a module that it rewrites nothing in. */
const compiled = (file: string, text: string, source: string) => ({
  [`dist/${file}`]: `${text}//# sourceMappingURL=${file.split("/").at(-1)}.map\n`,
  [`dist/${file}.map`]: JSON.stringify({
    version: 3,
    sources: [source],
    sourcesContent: [text],
    names: [],
    mappings: text.replace(/[^\n]*\n/g, (_, at: number) => (at === 0 ? "AAAA;" : "AACA;")),
  }),
});

test("bundled modules are there once, and every map names sources of the package, not where it was built", () => {
  const folder = mkdtempSync(join(tmpdir(), "tideline-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files: Readonly<Record<string, string>> = {
    "package.json": '{ "type": "module", "sideEffects": false }',
    ...compiled("shared.js", "export const shared = { once: true };\n", "../repository/src/shared.ts"),
    ...compiled(
      "one/index.js",
      'export { shared } from "../shared.js";\nexport const page = new URL("../page", import.meta.url);\n',
      "../../repository/src/one/index.ts",
    ),
    ...compiled("page/own.js", "document.title;\n", "../../repository/src/page/own.ts"),
    // JavaScript of the sources, which has no map.
    "dist/two.js": 'export { shared } from "./shared.js";\nexport const two = 2;\n',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const dist = join(folder, "dist");
  bundleModules(dist, { entries: ["one/index.js", "two.js"], sources: join(folder, "repository/src") });
  const named = Object.fromEntries(
    globSync("**/*.js.map", { cwd: dist }).map((file) => {
      const { sources } = JSON.parse(readFileSync(join(dist, file), "utf8")) as {
        readonly sources: string[];
      };
      return [file.replace(/-[A-Z0-9]{8}/, ""), sources];
    }),
  );
  expect(named).toEqual({
    "chunk.js.map": ["../src/shared.ts"],
    "one-index.js.map": ["../src/one/index.ts"],
    "page/own.js.map": ["../../src/page/own.ts"],
    "two.js.map": ["../src/two.js"],
  });
  const script = `const [one, two] = [await import("./one-index.js"), await import("./two.js")];
    if (one.shared !== two.shared) throw new Error("twice");
    console.log(one.page.href.endsWith("/dist/page"));`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: dist,
    encoding: "utf8",
  });
  expect(said.trim()).toBe("true");
});
