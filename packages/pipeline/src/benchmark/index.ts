export { CHROMIUM_ARGS, chromiumPath } from "./chromium-path.ts";
export { machine } from "./machine.ts";
export { nodeRuntimes } from "./node-runtime.ts";
export { packagePlan, type BenchmarkFiles, type LeftArtifact } from "./package-plan.ts";
export { withRoundedAnswers } from "./rounded-answer.ts";
export { readReport } from "./report-schema.ts";
export { runMachine, type MachineRunOptions } from "./run-machine.ts";
export { serveBenchmark, type BenchmarkServer, type BenchmarkServerOptions } from "./server.ts";
