import { expect, test } from "vitest";
import { importCommand } from "./import.ts";
import { expectFrameworkAnswer, importVector } from "./testing/framework-answer.ts";

test.each([
  ["tensorflow-dense", [], ["onnx", "ort", "tflite", "mlpackage"]],
  ["tensorflow-lstm", [], ["onnx", "ort", "tflite", "mlpackage"]],
  // Keras leaves this GRU as a Loop of twelve steps.
  ["tensorflow-gru", [], ["onnx", "ort", "tflite", "mlpackage"]],
] as const)("%s answers as its framework does, in every kind", expectFrameworkAnswer);

test("a text model says which length to give", async () => {
  await expect(importCommand(importVector("huggingface-distilbert.onnx"))).rejects.toThrow(
    /--length sequence=128/,
  );
});
