import { loadTable, TABLE_VERSION } from "@tideline/predict";
import { LITERT_VERSIONS } from "@tideline/react-native";
import {
  litertNativeCase,
  ortCase,
  tableCase,
  type CaseRuntime,
  type LitertNativeModule,
  type OrtCaseModule,
} from "@tideline/spec/benchmark";
import { Platform } from "react-native";

/**
 * Every runtime that this app carries, behind the one interface of the benchmark: another one, or another provider of one, is another
 * row. Native modules are asked for when their turn comes, so that one that is missing fails its own cases only.
 */
export function phoneRuntimes(): readonly CaseRuntime[] {
  return [
    tableCase(loadTable, `table ${TABLE_VERSION}`),
    ortCase({
      name: "onnxruntime-react-native",
      versionKey: "react-native",
      load: async () => (await import("onnxruntime-react-native")) as unknown as OrtCaseModule,
    }),
    litertNativeCase({
      // The module does not tell the version of its library; this is the one that it pins.
      version: LITERT_VERSIONS[Platform.OS] ?? "unknown",
      load: async () => {
        const { NitroModules } = await import("react-native-nitro-modules");
        return NitroModules.createHybridObject("TfliteModule") as unknown as LitertNativeModule;
      },
    }),
  ];
}
