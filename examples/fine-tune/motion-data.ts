import { seededRandom, type NetData } from "@tideline/learn/net";
import { ACTIVITIES, drawPerson, WINDOW, writeWindow, type Person } from "./motion.ts";

/** Windows of people with what they were doing, as columns. */
export type MotionData = NetData;

function windowsOf(people: readonly Person[], perActivity: number, seed: number): MotionData {
  const random = seededRandom(seed);
  const rows = people.length * ACTIVITIES.length * perActivity;
  const width = WINDOW.samples * WINDOW.channels;
  const values = new Float32Array(rows * width);
  const target = Int32Array.from({ length: rows }, (_, row) => row % ACTIVITIES.length);
  for (const [row, activity] of target.entries()) {
    const person = people[Math.floor(row / (ACTIVITIES.length * perActivity))]!;
    writeWindow(values.subarray(row * width, (row + 1) * width), person, activity, random);
  }
  return {
    rows,
    inputs: { window: { dims: [WINDOW.samples, WINDOW.channels], values } },
    target: { dims: [], values: target },
  };
}

/** Windows of `people` people drawn by the seed. */
export function population(people: number, perActivity: number, seed: number): MotionData {
  const random = seededRandom(seed);
  return windowsOf(
    Array.from({ length: people }, () => drawPerson(random)),
    perActivity,
    seed + 1,
  );
}

/** What one person did: some windows to learn from, and others, of another time, to judge by. */
export function windowsOfPerson(
  person: Person,
  seed: number,
): { readonly own: MotionData; readonly heldOut: MotionData } {
  return { own: windowsOf([person], 12, seed), heldOut: windowsOf([person], 40, seed + 1) };
}
