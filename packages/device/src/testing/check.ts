import { isTidelineError, tidelineError, type ErrorCode } from "@tideline/spec";

/** One promise of a port; `run` throws `CHECK_FAILED` where it is broken. */
export interface PortCheck<Factory> {
  readonly name: string;
  run(factory: Factory): Promise<void>;
}

/** Throws `CHECK_FAILED` where two values do not have the same JSON. */
export function expectSame(who: string, field: string, received: unknown, expected: unknown): void {
  const [left, right] = [received, expected].map((value) => JSON.stringify(value) ?? "nothing");
  if (left === right) return;
  throw tidelineError("CHECK_FAILED", { who, field, expected: right, received: left });
}

/** Throws `CHECK_FAILED` where something does not hold. */
export function expectThat(holds: boolean, who: string, field: string, received: unknown): void {
  if (!holds) throw tidelineError("CHECK_FAILED", { who, field, received: `${received}` });
}

/** Throws `CHECK_FAILED` where some work does not fail, or not by the code that is named. */
export async function expectFailure(
  who: string,
  field: string,
  work: () => unknown,
  code?: ErrorCode,
): Promise<void> {
  let outcome: unknown;
  try {
    outcome = await work();
  } catch (error) {
    if (code === undefined || isTidelineError(error, code)) return;
    outcome = error;
  }
  const expected = code ?? "a failure";
  throw tidelineError("CHECK_FAILED", { who, field, expected, received: `${outcome}` });
}

/** Bytes of hexadecimal digits. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
