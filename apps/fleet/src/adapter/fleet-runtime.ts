import { tableRuntime, type ModelRuntime } from "@tideline/device";
import { brokenRuntime, wasmRuntime } from "./wasm-runtime.ts";

/** Runtimes that phones of the fleet have, by the names that their traits use. */
export type FleetRuntime = "wasm" | "table" | "broken";

/** The one behind each name. */
export const FLEET_RUNTIMES: Readonly<Record<FleetRuntime, ModelRuntime>> = Object.freeze({
  wasm: wasmRuntime,
  table: tableRuntime,
  broken: brokenRuntime,
});
