import { isTidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import { nodeTreeThreads } from "../../../../pipeline/src/runtime/tree-threads.ts";
import type { TreeThread, TreeThreads } from "./tree-threads.ts";
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

test("a thread that ended while nobody could hear of it ends the call that waits for it, and the crew", async () => {
  const started: TreeThread[] = [];
  const own = nodeTreeThreads();
  const port: TreeThreads = {
    ...own,
    async start(seat) {
      const thread = await own.start(seat);
      started.push(thread);
      return thread;
    },
  };
  const crew = await wasmCrew(65536, 2, port, undefined, 3);
  new Int32Array(crew.buffer, SHARED.setup, 4).set([0, 0, 0, 2]);
  crew.run("survey");
  const ended = started[0]!.end();
  // The event loop, which would be told, has no turn before the call.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const error = caught(() => crew.run("survey"));
  expect(isTidelineError(error, "UNAVAILABLE")).toBe(true);
  expect(error.message).toContain("does not answer");
  expect(caught(() => crew.run("survey")).message).toContain("released, or failed");
  await ended;
});
