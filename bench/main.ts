import { globSync } from "node:fs";
import { basename } from "node:path";

/** Runs one benchmark by name, with the arguments behind it: `npm run bench -- device --json`. */
const names = globSync("*.ts", { cwd: import.meta.dirname })
  .map((file) => basename(file, ".ts"))
  .filter((name) => name !== "main")
  .sort();
const [name] = process.argv.splice(2, 1);
if (name !== undefined && names.includes(name)) {
  try {
    await import(`./${name}.ts`);
  } catch (error) {
    // Thrown by `parseArgs` of node:util.
    if (!(error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS")) throw error;
    const { message } = error as Error;
    process.stderr.write(`${message}\nThe first lines of bench/${name}.ts say what it takes.\n`);
    process.exitCode = 64;
  }
} else {
  process.stderr.write(`Name a benchmark: ${names.join(", ")}. Received ${name ?? "nothing"}.\n`);
  process.exitCode = 64;
}
