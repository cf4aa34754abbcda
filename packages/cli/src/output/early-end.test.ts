import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const path = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));

/** What a process writes and its status, that waits for work of an inner and an outer kind. */
function ended(inner: string): {
  readonly said: string;
  readonly json: string;
  readonly status: number | null;
} {
  const script = `
    import { toldEnd, UNANSWERED } from ${path("./early-end.ts")};
    import { unforeseen } from ${path("./print.ts")};
    const told = (what) => (status) => status === UNANSWERED ? unforeseen(what) : undefined;
    const never = new Promise(() => undefined);
    await toldEnd(() => ${inner}, told("the outer"), { json: true });
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  return { said: stderr, json: stdout, status };
}

test("a command that waits for what never comes says so", () => {
  const { said, json, status } = ended("never");
  expect(said).toContain("received the outer");
  expect((JSON.parse(json) as { error: { code: string } }).error.code).toBe("INTERNAL");
  expect(status).toBe(70);
});

test("whoever waits closest tells it, and what ended in time nothing", () => {
  const within = ended('toldEnd(() => never, told("the inner"))');
  expect(within.said).toContain("received the inner");
  expect(within.said).not.toContain("received the outer");
  expect(within.status).toBe(70);
  expect(ended('toldEnd(() => Promise.resolve(), told("the inner"))')).toEqual({
    said: "",
    json: "",
    status: 0,
  });
});
