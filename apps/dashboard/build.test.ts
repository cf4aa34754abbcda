import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

// A copy below the root, so that it finds the packages; not in node_modules, where Node strips no types.
mkdirSync(join(root, ".tideline"), { recursive: true });
const copy = mkdtempSync(join(root, ".tideline/dashboard-"));
const home = join(copy, "apps/dashboard");
cpSync(import.meta.dirname, home, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
cpSync(join(root, "tsconfig.json"), join(copy, "tsconfig.json"));
cpSync(join(root, "packages/spec/src/report.ts"), join(copy, "packages/spec/src/report.ts"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Builds in a process of its own; without `spawning`, it may not start the bundler. */
async function build(spawning = true): Promise<string> {
  const code = `const { buildDashboard } = await import(${JSON.stringify(join(home, "build.ts"))});
    process.stdout.write((await buildDashboard()).folder);`;
  const rights = spawning ? [] : ["--permission", "--allow-fs-read=*", "--allow-fs-write=*"];
  const flags = [...rights, "--input-type=module", "--eval", code];
  const { stdout, stderr } = await run(process.execPath, flags, { cwd: home });
  expect(stderr).toBe("");
  return stdout;
}

test("two processes build at once into one folder, and the next starts no bundler", async () => {
  await expect(build(false)).rejects.toThrow("ERR_ACCESS_DENIED");
  const [left, right] = await Promise.all([build(), build()]);
  expect(left).toBe(right);
  expect(readdirSync(join(left, ".."))).toEqual([basename(left)]);
  expect(await build(false)).toBe(left);
  const script = readdirSync(join(left, "assets")).find((name) => /^vendor.*\.js$/.test(name))!;
  // The development build of React is several times as large and full of warnings.
  expect(readFileSync(join(left, "assets", script), "utf8")).not.toContain(
    "Each child in a list should have",
  );

  const licenses = readFileSync(join(left, "licenses.md"), "utf8");
  for (const name of ["react-dom", "recharts", "d3-scale"])
    expect(licenses).toMatch(new RegExp(`^#+ ${name}\\b`, "mu"));
  expect(licenses).toContain("Permission is hereby granted, free of charge");

  writeFileSync(join(home, "src/main.tsx"), "const broken = ;");
  await expect(build()).rejects.toThrow("main.tsx");
  expect(readdirSync(join(left, ".."))).toEqual([basename(left)]);
});
