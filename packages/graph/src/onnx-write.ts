import { tidelineError } from "@tideline/spec";
import type { OnnxModel, OnnxTensor } from "./onnx.ts";
import { demandInside } from "./onnx-external.ts";
import { writeFunction, writeGraph, writeOpset, writeTraining } from "./onnx-write-graph.ts";
import type { WriteContext } from "./onnx-write-attribute.ts";
import { backwards, entries, isUsual, maybeText, optionalText, unknownFields } from "./onnx-write-rest.ts";
import type { PlaceTensor } from "./onnx-write-tensor.ts";
import { backwardWriter } from "./protobuf-write.ts";

/** How a model is written whose large tensors go to a file beside it. */
export interface ExternalOptions {
  /** The path of that file, relative to the model's folder. */
  readonly location: string;
  /** Tensors of at least so many bytes go there; 1024 by default, as in Python's onnx. */
  readonly threshold?: number;
}

/** A model without its large tensors, and these. */
export interface SplitModel {
  readonly model: Uint8Array;
  readonly external: Uint8Array;
}

/** What processors and typed arrays like to find numbers at a multiple of. */
const ALIGNMENT = 64;
/** Tensors from 1 MiB on begin where a file can be mapped into memory on any system: Windows wants 64 KiB. */
const LARGE = 2 ** 20;
const PAGE = 2 ** 16;

/** Gives tensors their places in one file, in the order in which they are asked for. */
function placer(location: string, threshold: number): { place: PlaceTensor; finish(): Uint8Array } {
  const placed = new Map<OnnxTensor, { readonly bytes: Uint8Array; readonly offset: number }>();
  let length = 0;
  return {
    place(tensor, bytes) {
      if (bytes.length < threshold) return undefined;
      let found = placed.get(tensor);
      if (found === undefined) {
        const unit = bytes.length >= LARGE ? PAGE : ALIGNMENT;
        const offset = Math.ceil(length / unit) * unit;
        found = { bytes, offset };
        placed.set(tensor, found);
        length = offset + bytes.length;
      }
      return { location, offset: String(found.offset), length: String(bytes.length) };
    },
    finish() {
      const file = new Uint8Array(length);
      for (const { bytes, offset } of placed.values()) file.set(bytes, offset);
      return file;
    },
  };
}

/** A path by its steps, so that `./weights.bin` and `weights.bin` are one. */
function pathKey(location: string): string {
  const steps = location.split(/[/\\]/).filter((step) => step !== "" && step !== ".");
  return steps.join("/");
}

/** Wants no tensor to be kept in the file that is written, which would replace what it refers to. */
function demandFree(value: unknown, location: string): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  const { external } = value as Partial<OnnxTensor>;
  if (external?.["location"] !== undefined && pathKey(external["location"]) === pathKey(location))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeOnnx",
      field: "external.location",
      expected: "a file that no tensor is kept in",
      received: `"${location}", where "${(value as Partial<OnnxTensor>).name ?? ""}" is`,
      remedy: "Write to another file, or read the model with the values of its external tensors.",
    });
  for (const part of Object.values(value)) demandFree(part, location);
}

function writeModel(model: OnnxModel, place?: PlaceTensor): Uint8Array {
  const w = backwardWriter();
  const context: WriteContext = { w, place, graph: writeGraph };
  const { rest } = model;
  backwards(model.functions, (one) => writeFunction(context, 25, one));
  backwards(model.training, (training) => writeTraining(context, 20, training));
  entries(w, 14, model.metadata);
  backwards(model.opsets, (opset) => writeOpset(context, 8, opset));
  const end = w.length();
  writeGraph(context, model.graph);
  w.message(7, end);
  maybeText(w, 6, model.docString);
  if (model.modelVersion !== undefined) w.int(5, model.modelVersion);
  maybeText(w, 4, model.domain);
  optionalText(w, 3, model.producerVersion, rest);
  optionalText(w, 2, model.producerName, rest);
  if (model.irVersion !== 0 || isUsual(rest, 1)) w.int(1, model.irVersion);
  unknownFields(w, rest);
  return w.finish();
}

/**
 * The bytes of an ONNX file (ModelProto of onnx.proto). Deterministic: fields in the order of their numbers,
 * attributes and metadata in the order of their names, tensors as raw data, so equal models give equal bytes. What a
 * model holds that was read from another writer's file comes back as it was.
 *
 * With `external` large initialisers go to a second file: protobuf ends at 2 GiB, and a runtime can map the file.
 *
 * @throws ARGUMENT_INVALID for a file above 2 GiB, or a location at which the model keeps tensors already; MODEL_MALFORMED for a location outside the model's folder.
 *
 * @example
 * const bytes = writeOnnx(model); // onnxruntime's InferenceSession.create(bytes) loads it
 * const { model: graph, external } = writeOnnx(model, { external: { location: "weights.bin" } });
 */
export function writeOnnx(model: OnnxModel): Uint8Array;
export function writeOnnx(model: OnnxModel, options: { readonly external: ExternalOptions }): SplitModel;
export function writeOnnx(
  model: OnnxModel,
  options: { readonly external?: ExternalOptions } = {},
): Uint8Array | SplitModel {
  if (options.external === undefined) return writeModel(model);
  const { location, threshold = 1024 } = options.external;
  demandInside(location, "ModelProto");
  demandFree(model, location);
  const { place, finish } = placer(location, threshold);
  const bytes = writeModel(model, place);
  return Object.freeze({ model: bytes, external: finish() });
}
