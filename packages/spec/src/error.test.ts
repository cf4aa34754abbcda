import { expect, test } from "vitest";
import { ERROR_CODES, isTidelineError, messageOf, tidelineError } from "./error.ts";

test("an error is a sentence of who, field, expected, received and remedy, and a code", () => {
  const cause = new Error("why");
  const error = tidelineError("PORT_IN_USE", {
    who: "tideline start",
    field: "--port",
    expected: "a free port",
    received: "4600",
    remedy: "Pass --port 0.",
    cause,
  });
  expect(messageOf(error)).toBe(
    "tideline start: --port: expected a free port, received 4600. Pass --port 0. [PORT_IN_USE]",
  );
  expect(error.cause).toBe(cause);
  expect(messageOf(tidelineError("INTERNAL", { who: "loop" }))).toBe("loop [INTERNAL]");
  expect(isTidelineError(error)).toBe(true);
  expect(isTidelineError(error, "INTERNAL")).toBe(false);
  expect(isTidelineError(cause)).toBe(false);
});

test("every code has an HTTP status of an error and an exit status of sysexits.h, but for one that means what none of those does", () => {
  for (const [code, { status, exit }] of Object.entries(ERROR_CODES)) {
    expect(status >= 400 && status < 600, code).toBe(true);
    if (code === "EXPORT_PARTIAL") expect(exit).toBe(3);
    else expect(exit >= 64 && exit <= 78, code).toBe(true);
  }
});
