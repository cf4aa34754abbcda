import { loadTable, TABLE_VERSION } from "@tideline/predict";
import { fail } from "./fail.ts";
import type { LoadedModel, ModelRuntime } from "./ports.ts";
import { SDK_VERSION } from "./sdk-version.ts";

async function load(bytes: Uint8Array, names: { input: string; output: string }): Promise<LoadedModel> {
  const model = loadTable(bytes);
  const inputs = [model.input.name];
  const outputs = model.outputs.map(({ name }) => name);
  const place = (ends: readonly string[], wanted: string): number => {
    const found = ends.indexOf(wanted);
    return found < 0
      ? fail("RUNTIME_UNSUPPORTED", "table runtime", wanted, ends.join(", "), "a tensor of the model")
      : found;
  };
  place(inputs, names.input);
  const at = place(outputs, names.output);
  return {
    // Copies: the table's memory is used again by the next run.
    run: async (window) => {
      const first = model.run(window);
      return at === 0 ? first.slice() : model.read(at).slice();
    },
    release: () => {},
  };
}

/**
 * The model table by `@tideline/predict`: no native code and no WebAssembly, so that it runs in Expo Go, on every
 * Hermes and where a browser forbids both. Apps that do not name it do not carry the reader.
 *
 * `load` throws MODEL_MALFORMED for bytes that are no table, RUNTIME_UNSUPPORTED where a name is not the table's.
 *
 * @example
 * const ports = { ...others, runtimes: [nativeRuntime, tableRuntime] };
 */
export const tableRuntime: ModelRuntime = /* @__PURE__ */ Object.freeze({
  name: "table",
  tier: "portable",
  // The reader has no version of its own: it is released with the SDK.
  version: SDK_VERSION,
  level: TABLE_VERSION,
  load,
});
