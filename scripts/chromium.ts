export { CHROMIUM_ARGS, chromiumPath } from "../packages/pipeline/src/benchmark/chromium-path.ts";
