import { tidelineError, type TidelineError } from "@tideline/spec/error";

/** What is wrong with an ensemble: which field, what it should be, what it is. */
export function malformedEnsemble(field: string, expected: string, received: unknown): TidelineError {
  return tidelineError("MODEL_MALFORMED", {
    who: "tree ensemble",
    field,
    expected,
    received: shown(received),
  });
}

/** What is wrong with a node of a tree. */
export function malformedNode(
  tree: number,
  node: number,
  field: string,
  expected: string,
  received: unknown,
): TidelineError {
  return malformedEnsemble(`tree ${tree}, node ${node}, ${field}`, expected, received);
}

/** A received value in short. */
function shown(value: unknown): string {
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
