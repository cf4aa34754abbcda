import * as module from "node:module";
import { codeCache } from "./code-cache.js";
import { refuseOldNode } from "./node-version.js";

// Before anything that an older Node cannot load is imported; `tideline.js`, if that was started, has done both already.
if (!refuseOldNode(process.versions.node)) {
  // Types are stripped once instead of at every start: half of a short command's time.
  module.enableCompileCache(codeCache(import.meta.url));
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv.slice(2));
}
