import { tidelineError, WIRE_FORMAT } from "@tideline/spec";
import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";

/** A number that JavaScript and every other reader of JSON agrees on. */
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const schema = Type.Object({
  format: Type.Literal(WIRE_FORMAT),
  sdk: Type.String({ pattern: "^[A-Za-z0-9@/._+ -]{1,64}$" }),
  install: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }),
  epoch: count,
  sent_at: count,
  // Any value: a phone whose proof is broken cannot claim what it sent, but may send it.
  proof: Type.Optional(Type.Unknown()),
  // Of an event only its number is checked here: whatever else is wrong with it, the server can take
  // responsibility for it, so that one broken event never holds up a phone's queue.
  events: Type.Array(Type.Object({ seq: count }), { minItems: 1 }),
});

/** A batch of which all but the content of its events is checked. */
export type BatchHeader = Static<typeof schema>;

const validator = Compile(schema);

/** The proof of a batch as a member of its record; nothing where it carried none, or something else in its place. */
export function proofOf({ proof }: BatchHeader): { readonly proof?: string } {
  return typeof proof === "string" && /^[0-9a-f]{64}$/.test(proof) ? { proof } : {};
}

/**
 * Checks the header of a batch.
 *
 * @throws `BATCH_MALFORMED` naming the field, `BATCH_TOO_LARGE`
 */
export function checkBatchHeader(header: unknown, limits: { readonly batchEvents: number }): BatchHeader {
  // Before each of them is looked at: half a million broken ones would each be told of.
  const events = (header as { readonly events?: unknown } | null)?.events;
  if (Array.isArray(events) && events.length > limits.batchEvents) {
    throw tidelineError("BATCH_TOO_LARGE", {
      who: "batch",
      field: "events",
      expected: `at most ${limits.batchEvents}`,
      received: String(events.length),
      remedy: "Send smaller batches.",
    });
  }
  if (validator.Check(header)) return header;
  const fault = validator.Errors(header)[0];
  throw tidelineError("BATCH_MALFORMED", {
    who: "batch",
    field: fault === undefined || fault.instancePath === "" ? "header" : fault.instancePath.slice(1),
    expected: fault === undefined ? "another value" : `a value that ${fault.message}`,
  });
}
