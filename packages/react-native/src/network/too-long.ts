import { tidelineError, type TidelineError } from "@tideline/spec";

/** The rejection of an answer that is longer than the caller takes. */
export const tooLong = (url: string, maxBytes: number): TidelineError =>
  tidelineError("DATA_MALFORMED", { who: "network", field: url, expected: `at most ${maxBytes} bytes` });

/** The rejection of a request that no answer came to in time, or that met no server. */
export const noAnswer = (url: string, received: string): TidelineError =>
  tidelineError("UNAVAILABLE", { who: "network", field: url, received });
