import { SDK_VERSION, type LoadedModel, type ModelRuntime } from "@tideline/device";
import { loadTable, TABLE_VERSION } from "@tideline/predict";
import { missingTensor } from "./missing-tensor.ts";

async function load(bytes: Uint8Array, names: { input: string; output: string }): Promise<LoadedModel> {
  const model = loadTable(bytes);
  if (model.input.name !== names.input) throw missingTensor("table", names.input, [model.input.name]);
  const outputs = model.outputs.map(({ name }) => name);
  const at = outputs.indexOf(names.output);
  if (at < 0) throw missingTensor("table", names.output, outputs);
  return {
    run: async (window) => {
      const first = model.run(window);
      return at === 0 ? first.slice() : model.read(at).slice();
    },
    release: () => {},
  };
}

/** The model table by `@tideline/predict`: no native code, so it runs in Expo Go and on every Hermes. */
export const tableRuntime: ModelRuntime = Object.freeze({
  name: "table",
  tier: "portable",
  version: SDK_VERSION,
  level: TABLE_VERSION,
  load,
});
