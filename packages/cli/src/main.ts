import * as module from "node:module";
import { fileURLToPath } from "node:url";
import { refuseOldNode } from "./node-version.ts";

// Before anything that an older Node cannot load is imported.
if (!refuseOldNode(process.versions.node)) {
  // Types are stripped once instead of at every start: half of a short command's time. `tideline.js` has done so already.
  module.enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/tideline", import.meta.url)));
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv.slice(2));
}
