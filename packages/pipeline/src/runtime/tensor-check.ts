import { tidelineError, type TidelineError } from "@tideline/spec";
import type { RuntimeTensor, TensorDeclaration } from "./graph-runtime.ts";

function invalid(who: string, field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}

/** Whether dims are lengths that fit a declaration. */
function fits(declared: TensorDeclaration["dims"], dims: readonly number[]): boolean {
  return (
    declared.length === dims.length &&
    dims.every(
      (dim, axis) =>
        Number.isSafeInteger(dim) &&
        dim >= 0 &&
        (typeof declared[axis] !== "number" || declared[axis] < 0 || declared[axis] === dim),
    )
  );
}

/**
 * Refuses inputs and output names that a graph does not declare, so that every runtime gives the same error.
 *
 * @throws ARGUMENT_INVALID naming the tensor.
 */
export function checkTensors(
  who: string,
  declared: { readonly inputs: readonly TensorDeclaration[]; readonly outputs: readonly TensorDeclaration[] },
  inputs: Readonly<Record<string, RuntimeTensor>>,
  outputs: readonly string[],
): void {
  const known = declared.inputs.map((input) => input.name);
  for (const name of Object.keys(inputs)) {
    if (!known.includes(name)) throw invalid(who, "inputs", known.join(", "), name);
  }
  for (const { name, elementType, dims } of declared.inputs) {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input === undefined) throw invalid(who, "inputs", name, Object.keys(inputs).join(", ") || "none");
    if (elementType !== "float32") throw invalid(who, name, "a model that takes float32", elementType);
    if (!fits(dims, input.dims)) {
      throw invalid(who, name, `dims [${dims.join(", ")}]`, `[${input.dims.join(", ")}]`);
    }
    const count = input.dims.reduce((product, dim) => product * dim, 1);
    if (input.values.length !== count) {
      throw invalid(who, name, `${count} values`, String(input.values.length));
    }
  }
  const offered = declared.outputs.map((output) => output.name);
  for (const name of outputs) {
    if (!offered.includes(name)) throw invalid(who, "outputs", offered.join(", "), name);
  }
}
