import { isTidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import { nodeTreeThreads } from "../../../../pipeline/src/runtime/tree-threads.ts";
import type { TreeThreads } from "./tree-threads.ts";
import { wasmCrew } from "./wasm-crew.ts";
import { SHARED } from "./wasm-layout.ts";

function caught(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

test.each([1, 2])("a trap on the caller's own thread ends the crew of %i", async (threads) => {
  let ended = 0;
  const own = nodeTreeThreads();
  const port: TreeThreads = {
    ...own,
    async start(seat) {
      const thread = await own.start(seat);
      return { end: () => (ended++, thread.end()) };
    },
  };
  const crew = await wasmCrew(65536, threads, port);
  // More rows than the memory holds.
  new Int32Array(crew.buffer, SHARED.setup, 4).set([1e9, 1, 1, threads]);
  crew.words[0] = 3;
  const error = caught(() => crew.run("derive"));
  expect(isTidelineError(error, "UNAVAILABLE")).toBe(true);
  expect((error.cause as Error).name).toBe("RuntimeError");
  expect(ended).toBe(threads - 1);
  new Int32Array(crew.buffer, SHARED.setup, 4).fill(0);
  expect(caught(() => crew.run("derive")).message).toContain("failed");
});
