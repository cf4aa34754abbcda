import { expect, test } from "vitest";
import { importCommand } from "./import.ts";
import { expectFrameworkAnswer, importVector } from "./testing/framework-answer.ts";

test.each([
  ["tensorflow-dense", [], ["onnx", "ort", "tflite", "mlpackage"]],
  ["tensorflow-lstm", [], ["onnx", "ort", "tflite", "mlpackage"]],
] as const)("%s answers as its framework does, in every kind", expectFrameworkAnswer);

test("a GRU that Keras left as a loop is refused with what to do, and a text model says which length to give", async () => {
  const { fault, text } = await importCommand(importVector("tensorflow-gru.onnx"));
  expect(fault).toMatchObject({ code: "MODEL_UNSUPPORTED" });
  expect(text).toMatch(/Loop \(1 node\).*unroll=True/);
  await expect(importCommand(importVector("huggingface-distilbert.onnx"))).rejects.toThrow(
    /--length sequence=128/,
  );
});
