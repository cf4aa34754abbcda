import { parentPort, workerData } from "node:worker_threads";
import { messageOf, scaledClock, type ScaledClockOptions } from "@tideline/spec";
import type { LogPosition } from "../log-record.ts";
import { createLoop } from "./loop.ts";
import { openLoopContext, type LoopOptions } from "./loop-context.ts";
import type { LoopReply, LoopRequest } from "./loop-message.ts";
import { progressBoard } from "./progress.ts";
import { measureLoop } from "./measure.ts";
import { writeEvidence } from "./write-evidence.ts";

const { clock: clockOptions, ...options } = workerData as LoopOptions & { clock: ScaledClockOptions | null };
const wall = (): number => Date.now();
const clock = clockOptions === null ? wall : scaledClock(clockOptions, wall);
const send = (reply: LoopReply): void => parentPort!.postMessage(reply);

const context = await openLoopContext(options, { clock });
const board = progressBoard(() => performance.now());
const loop = createLoop(context, board, {
  onRelease: (release) => send({ kind: "release", release }),
  onAlert: (alert) => send({ kind: "alert", alert }),
  onRejected: (reason) => send({ kind: "rejected", reason }),
});

async function answer(request: LoopRequest["call"]): Promise<unknown> {
  switch (request.name) {
    case "turn":
      return loop.turn(request.durable as LogPosition);
    case "measure":
      await loop.settled();
      return measureLoop(context, request.phones, request.injectedAt);
    case "evidence":
      return writeEvidence(context, request.folder);
    case "rollout":
      return loop.rollout(request.action);
    case "close":
      await loop.settled();
      await context.close();
      return null;
  }
}

parentPort!.on("message", ({ id, call }: LoopRequest) => {
  answer(call)
    .then((value) => send({ kind: "answer", id, value }))
    .catch((error: unknown) => {
      const { code, parts } = error as { code?: string; parts?: unknown };
      send({
        kind: "error",
        id,
        error: { code, parts, message: messageOf(error), stack: (error as Error).stack },
      });
    })
    .finally(() => {
      if (call.name === "close") parentPort!.close();
    });
});
send({ kind: "ready", root: context.keys.root, roots: context.keys.chain, definition: context.definition });
