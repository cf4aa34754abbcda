import { refuseOldNode } from "./node-version.ts";

// Before anything that an older Node cannot load is imported.
if (!refuseOldNode(process.versions.node)) {
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv.slice(2));
}
