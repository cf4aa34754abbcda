import { tidelineError, type TidelineError } from "@tideline/spec";

/** What the endpoint of a model takes and gives, after the release that it serves. */
export interface InferenceShape {
  readonly name: string;
  readonly input: string;
  /** Dims of a row of the input. */
  readonly rowDims: readonly number[];
  readonly output: string;
  readonly outputLength: number;
}

/** A request that fits its model. */
export interface InferenceRequest {
  readonly id: string | undefined;
  readonly rows: number;
  /** `[rows, ...rowDims]`, row-major, all finite. */
  readonly values: Float32Array;
}

function invalid(field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: "infer", field, expected, received });
}

/** What a value is, without quoting it: requests hold what people do. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function objectOf(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(field, "an object", describe(value));
}

/** A text of the request as it may be repeated in an error. */
function short(value: unknown): string {
  return typeof value === "string" && value.length <= 64 ? JSON.stringify(value) : describe(value);
}

function checkShape(shape: unknown, rowDims: readonly number[], maxRows: number): number {
  const expected = `[rows, ${rowDims.join(", ")}] with 1 to ${maxRows} rows`;
  if (!Array.isArray(shape)) throw invalid("inputs[0].shape", expected, describe(shape));
  const [rows, ...rest] = shape as unknown[];
  const fits = rest.length === rowDims.length && rowDims.every((dim, axis) => rest[axis] === dim);
  if (fits && Number.isSafeInteger(rows) && (rows as number) >= 1 && (rows as number) <= maxRows)
    return rows as number;
  const received =
    shape.length <= 8 && shape.every((dim) => typeof dim === "number")
      ? `[${shape.join(", ")}]`
      : describe(shape);
  throw invalid("inputs[0].shape", expected, received);
}

/** Copies numbers of `data` to `values`: flat and row-major, or nested exactly as `dims` say. */
function readValues(data: unknown, dims: readonly number[], values: Float32Array): void {
  let next = 0;
  const readNumbers = (list: readonly unknown[], field: string): void => {
    for (const [index, value] of list.entries()) {
      // JSON has no NaN, but 1e999 is read as infinite, and so is 1e39 once it is a float32.
      const number = typeof value === "number" ? Math.fround(value) : NaN;
      if (!Number.isFinite(number)) {
        throw invalid(
          `${field}[${index}]`,
          "a finite float32",
          typeof value === "number" ? String(value) : describe(value),
        );
      }
      values[next++] = number;
    }
  };
  const readNested = (list: unknown, axis: number, field: string): void => {
    if (!Array.isArray(list) || list.length !== dims[axis]) {
      throw invalid(field, `an array of ${dims[axis]}`, describe(list));
    }
    if (axis === dims.length - 1) readNumbers(list, field);
    else list.forEach((item, index) => readNested(item, axis + 1, `${field}[${index}]`));
  };
  const field = "inputs[0].data";
  if (Array.isArray(data) && Array.isArray(data[0])) {
    readNested(data, 0, field);
    return;
  }
  if (!Array.isArray(data) || data.length !== values.length) {
    throw invalid(field, `${values.length} numbers, flat or nested as the shape says`, describe(data));
  }
  readNumbers(data, field);
}

/**
 * Reads a request of the Open Inference Protocol, version 2, in JSON: one FP32 input whose data is flat and row-major
 * or nested, optionally an `id` and the output by name.
 *
 * @throws ARGUMENT_INVALID naming the field. No value of the request is quoted but names, dims and bad numbers.
 */
export function readInferenceRequest(
  body: unknown,
  shape: InferenceShape,
  maxRows: number,
): InferenceRequest {
  const { id, inputs, outputs } = objectOf(body, "body");
  if (id !== undefined && (typeof id !== "string" || id.length > 128)) {
    throw invalid("id", "a text of at most 128 characters", describe(id));
  }
  if (!Array.isArray(inputs) || inputs.length !== 1) throw invalid("inputs", "one input", describe(inputs));
  const input = objectOf(inputs[0], "inputs[0]");
  if (input["name"] !== shape.input) {
    throw invalid("inputs[0].name", JSON.stringify(shape.input), short(input["name"]));
  }
  if (input["datatype"] !== "FP32") throw invalid("inputs[0].datatype", "FP32", short(input["datatype"]));
  if (outputs !== undefined && !Array.isArray(outputs))
    throw invalid("outputs", "an array", describe(outputs));
  for (const [index, wanted] of (outputs ?? []).entries()) {
    const { name } = objectOf(wanted, `outputs[${index}]`);
    if (name !== shape.output)
      throw invalid(`outputs[${index}].name`, JSON.stringify(shape.output), short(name));
  }
  const rows = checkShape(input["shape"], shape.rowDims, maxRows);
  const dims = [rows, ...shape.rowDims];
  const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  readValues(input["data"], dims, values);
  return { id, rows, values };
}
