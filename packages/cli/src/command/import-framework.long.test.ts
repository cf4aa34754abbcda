import { test } from "vitest";
import { expectFrameworkAnswer } from "./testing/framework-answer.ts";

test.each([
  ["tensorflow-conv", [], ["onnx", "ort", "tflite", "table", "mlpackage"]],
  ["tensorflow-attention", [], ["onnx", "ort", "tflite", "mlpackage"]],
  ["huggingface-resnet", [], ["onnx", "ort", "tflite", "table", "mlpackage"]],
  ["huggingface-distilbert", ["sequence=8"], ["onnx", "ort", "tflite", "mlpackage"]],
] as const)("%s answers as its framework does, in every kind", expectFrameworkAnswer);
