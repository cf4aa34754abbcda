import { isTidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import { ACTIVITIES, WINDOW } from "./motion.ts";
import { population, windowsOfPerson } from "./motion-data.ts";
import { checkAnswers } from "./judge.ts";
import { pace } from "./pace.ts";
import { PEOPLE } from "./person.ts";
import { readPopulation, writePopulation } from "./population-file.ts";

test("the population's model is read as it was written, and other bytes are refused", () => {
  const numbers = { parameters: Float32Array.of(1.5, -0, 3e-38), state: Float32Array.of(7) };
  const bytes = writePopulation(numbers);
  expect(readPopulation(bytes)).toEqual(numbers);
  expect(readPopulation(writePopulation({ ...numbers, state: new Float32Array(0) })).state).toHaveLength(0);
  for (const wrong of [bytes.slice(0, 3), bytes.slice(0, 9), bytes.slice(0, 12), new Uint8Array(0)]) {
    const error = (() => {
      try {
        return readPopulation(wrong);
      } catch (caught) {
        return caught;
      }
    })();
    expect(isTidelineError(error, "ARTIFACT_CORRUPT")).toBe(true);
  }
});

test("windows follow from the seed, and those to judge by are others than those to learn from", () => {
  const { own, heldOut } = windowsOfPerson(PEOPLE.bag.person, 5);
  expect(windowsOfPerson(PEOPLE.bag.person, 5)).toEqual({ own, heldOut });
  const width = WINDOW.samples * WINDOW.channels;
  const rowsOf = ({ rows, inputs }: typeof own) =>
    Array.from({ length: rows }, (_, row) =>
      inputs["window"]!.values.slice(row * width, (row + 1) * width).join(),
    );
  const learned = new Set(rowsOf(own));
  expect(learned.size).toBe(60);
  expect(rowsOf(heldOut).filter((row) => learned.has(row))).toEqual([]);
  const counts = ACTIVITIES.map((_, at) => [...heldOut.target.values].filter((one) => one === at).length);
  expect(counts).toEqual(ACTIVITIES.map(() => 40));
  expect(population(2, 1, 1)).not.toEqual(population(2, 1, 3));
});

test("a step is measured from the end of the one before, within an epoch", () => {
  let now = 0;
  const measured = pace(() => now);
  for (const at of [5, 15, 35]) {
    now = at;
    measured.step();
  }
  measured.pause();
  now = 1000;
  measured.step();
  expect(measured.median()).toBe(20);
  expect(pace().median()).toBe(null);
});

test("answers that are not the CPU's are refused", () => {
  const cpu = { accuracy: 1, known: [], probabilities: Float32Array.of(0.25, 0.75) };
  checkAnswers({ ...cpu, probabilities: Float32Array.of(0.255, 0.745) }, cpu, "webgpu");
  expect(() => checkAnswers({ ...cpu, probabilities: Float32Array.of(0.5, 0.5) }, cpu, "webgpu")).toThrow(
    "webgpu: probabilities: expected the CPU's, within 0.01, received answers that are off by 0.25",
  );
});
