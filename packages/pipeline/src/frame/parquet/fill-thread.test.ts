import { expect, onTestFinished, test } from "vitest";
import { threadHand } from "../thread-hand.ts";
import type { ColumnShare } from "./column-share.ts";
import { fillThread } from "./fill-thread.ts";

test("a thread that cannot begin to read says why, is no damaged file, and reads what comes next", async () => {
  const hand = threadHand("test", ["read"]);
  onTestFinished(() => hand.end());
  // No plans: as without memory, the thread is told of a reading that it cannot begin.
  const lacking = fillThread("test", hand, { places: [0] } as unknown as ColumnShare);
  lacking.ask(4);
  await expect(lacking.parts()).rejects.toThrow(/memory in which a thread unpacks.*map.*UNAVAILABLE/su);
  lacking.close();
  const plans = [{ name: "a", type: "double", chunks: [], mostTexts: 1 }] as const;
  const next = fillThread("test", hand, { places: [], plans });
  next.ask(4);
  expect(await next.parts()).toEqual([]);
});
