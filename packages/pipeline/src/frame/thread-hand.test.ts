import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a thread that is ended with an answer on its way keeps the process until it has ended", () => {
  const hand = fileURLToPath(new URL("./thread-hand.ts", import.meta.url));
  const script = `
    import { threadHand } from ${JSON.stringify(hand)};
    const end = { ask: "end", reading: 0 };
    const hand = threadHand("test", []);
    await hand.ask(end);
    hand.ask(end).catch(() => undefined);
    // The answer is there, and not yet heard.
    for (const until = performance.now() + 20; performance.now() < until; );
    await hand.end();
    console.log("ended");
  `;
  // A process that leaves before would end with 13.
  expect(
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }),
  ).toBe("ended\n");
});
