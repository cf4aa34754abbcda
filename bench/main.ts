import { globSync } from "node:fs";
import { basename } from "node:path";

/** Runs one benchmark by name, with the arguments behind it: `npm run bench -- device --json`. */
const names = globSync("*.ts", { cwd: import.meta.dirname })
  .map((file) => basename(file, ".ts"))
  .filter((name) => name !== "main")
  .sort();
const [name] = process.argv.splice(2, 1);
if (name !== undefined && names.includes(name)) await import(`./${name}.ts`);
else {
  process.stderr.write(`Name a benchmark: ${names.join(", ")}. Received ${name ?? "nothing"}.\n`);
  process.exitCode = 64;
}
