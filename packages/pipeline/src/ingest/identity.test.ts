import * as fc from "fast-check";
import { expect, test } from "vitest";
import { identityIndex } from "./identity.ts";

/** What happens next in a random interleaving: a batch comes, or the oldest or newest commit ends. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("batch"),
      install: fc.constantFrom("a", "b"),
      sequences: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("commit"), newest: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fail") }) },
);

test("however batches interleave, each number is stored once and answered only when durable", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const index = identityIndex();
      const running: { resolve: () => void; reject: (error: Error) => void }[] = [];
      const stored = new Map<string, number>();
      const answered = new Set<string>();
      const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
      for (const next of steps) {
        if (next.kind === "batch") {
          const { install, sequences } = next as { install: string; sequences: number[] };
          const { fresh, duplicates, waits } = index.divide(install, 1, sequences);
          expect(fresh.length + duplicates).toBe(sequences.length);
          const own = fresh.map((at) => sequences[at]!);
          const commit = Promise.withResolvers<void>();
          const written = commit.promise.then(() => {
            for (const seq of own)
              stored.set(`${install} ${seq}`, (stored.get(`${install} ${seq}`) ?? 0) + 1);
          });
          if (own.length > 0) {
            index.begin(install, 1, own, written);
            running.push(commit);
          }
          void Promise.all(own.length > 0 ? [written, ...waits] : waits).then(
            () => sequences.forEach((seq) => answered.add(`${install} ${seq}`)),
            () => undefined,
          );
        } else if (next.kind === "commit") {
          const commit = (next as { newest: boolean }).newest ? running.pop() : running.shift();
          commit?.resolve();
        } else running.shift()?.reject(new Error("the commit failed"));
        await turn();
        expect([...answered].filter((identity) => stored.get(identity) !== 1)).toEqual([]);
        expect([...stored.values()].every((copies) => copies === 1)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test("installs and their epochs have numbers of their own", () => {
  const index = identityIndex();
  index.add("a", 1, [1, 2, 3, 7]);
  expect(index.divide("a", 1, [3, 4, 7, 4]).fresh).toEqual([1]);
  expect(index.divide("a", 2, [3, 4]).fresh).toEqual([0, 1]);
  expect(index.divide("b", 1, [3, 4]).fresh).toEqual([0, 1]);
  expect([...index.entries()]).toEqual([
    [
      "a",
      1,
      [
        [1, 3],
        [7, 7],
      ],
    ],
  ]);
});

test("names of the language are installs like others", () => {
  const index = identityIndex();
  index.add("__proto__", 1, [1]);
  expect(index.divide("__proto__", 1, [1, 2]).fresh).toEqual([1]);
  expect(index.divide("constructor", 1, [1]).fresh).toEqual([0]);
});
