import type { UntriedArea } from "./untried.ts";

export const runtime: UntriedArea = {
  name: "Model runtimes",
  rows: [
    {
      feature: "onnxruntime-react-native (`packages/react-native/src/runtime`)",
      instead: "onnxruntime-node of the same interface, behind the same adapter",
      proof:
        "The release's self-test vectors on a device, with version and provider as the runtime reports them",
    },
    {
      feature: "NNAPI, QNN, Core ML and WebGPU as providers of ONNX Runtime on a phone",
      instead: "Nothing on a phone; WebGPU in Chromium on a desktop",
      proof:
        "Self-test within the release's tolerance on each provider, or the fall to the processor with its reason",
    },
    {
      feature:
        "CUDA, TensorRT, DirectML and WebGPU as providers of onnxruntime-node (`packages/pipeline/src/runtime`)",
      instead: "The refusal of a provider that is not there; the processor for everything else",
      proof:
        "`runtimeConformance` and `npm run bench -- nn` with the provider, on a machine that has it; losses of the first steps as on the processor",
    },
    {
      feature: "LiteRT through react-native-fast-tflite, and its GPU and NNAPI delegates",
      instead: "The adapter against a stand-in of the module",
      proof: "The release's self-test vectors per delegate, on at least two makers' chips",
    },
    {
      feature: "Core ML: compilation, prediction, Neural Engine",
      instead:
        "coremltools on Linux loads every file; interpreters of their own, after Apple's documentation, compute what is in it",
      proof:
        "`coremlc` accepts the artifact, and its answers to the release's vectors are within the tolerance, per compute unit",
    },
    {
      feature: "The model table on ARM (`packages/predict`, `native/c`, `native/kotlin`)",
      instead:
        "x86-64: Node, Hermes, gcc and clang with sanitizers, the JVM; results equal to ONNX Runtime within the stated difference",
      proof:
        "Every vector of `vectors/table` on an ARM64 phone: equal decisions, difference stated, time per window",
    },
    {
      feature: "GPU and NPU for inference on a phone",
      instead: "Nothing",
      proof: "Time, energy and difference against the processor, for the models of the examples",
    },
  ],
};
