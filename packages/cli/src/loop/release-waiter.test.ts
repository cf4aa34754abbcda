import { expect, test } from "vitest";
import { releaseWaiter } from "./release-waiter.ts";

test("whoever waits hears of the first release that is new enough", async () => {
  const { publish, released } = releaseWaiter();
  const [first, second] = [released(1), released(2)];
  publish(1);
  await expect(first).resolves.toBe(1);
  publish(3);
  await expect(second).resolves.toBe(3);
  await expect(released(2)).resolves.toBe(3);
});

test("a refusal fails those who wait, and nobody else", async () => {
  const { publish, refuse, released } = releaseWaiter();
  publish(1);
  const waits = released(2);
  refuse("the champion is as good");
  await expect(waits).rejects.toMatchObject({
    code: "GATE_FAILED",
    message: expect.stringContaining("the champion is as good"),
  });
  await expect(released(1)).resolves.toBe(1);
});
