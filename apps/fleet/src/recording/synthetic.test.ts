import { describe, expect, it } from "vitest";
import { MOTION_PATTERNS } from "./gait.ts";
import { HOP, WIDTH, WINDOW } from "./recording.ts";
import { syntheticRecordings } from "./synthetic.ts";

const options = { seed: 3, study: 2, beta: 1, control: 1 };
const recordings = syntheticRecordings(options);

/** Mean and deviation of one channel over every session of an activity. */
function moments(activity: string, channel: number): { mean: number; deviation: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (const { sessions } of recordings) {
    for (const { samples } of sessions.filter((session) => session.activity === activity)) {
      for (let at = channel; at < samples.length; at += WIDTH) {
        count += 1;
        sum += samples[at]!;
        squares += samples[at]! ** 2;
      }
    }
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(squares / count - mean ** 2) };
}

describe("syntheticRecordings", () => {
  it("gives the same bytes for the same seed and other ones for another", () => {
    const bytes = (seed: number) =>
      Buffer.concat(
        syntheticRecordings({ ...options, seed }).flatMap(({ sessions }) =>
          sessions.map(({ samples }) => Buffer.from(samples.buffer)),
        ),
      );
    expect(bytes(3).equals(bytes(3))).toBe(true);
    expect(bytes(3).equals(bytes(4))).toBe(false);
  });

  it("does not change a person when others join", () => {
    const more = syntheticRecordings({ ...options, study: 5, control: 3 });
    expect(more.find(({ subject }) => subject === "b01")).toEqual(
      recordings.find(({ subject }) => subject === "b01"),
    );
  });

  it("plays every activity three times, in sessions of 10 to 14 whole windows", () => {
    expect(recordings.map(({ subject, cohort }) => `${subject} ${cohort}`)).toEqual([
      "s01 study",
      "s02 study",
      "b01 beta",
      "c01 control",
    ]);
    for (const { sessions } of recordings) {
      expect(new Set(sessions.map(({ id }) => id)).size).toBe(18);
      for (const activity of Object.keys(MOTION_PATTERNS)) {
        expect(sessions.filter((session) => session.activity === activity)).toHaveLength(3);
      }
      for (const { samples } of sessions) {
        const windows = (samples.length / WIDTH - WINDOW) / HOP + 1;
        expect([10, 11, 12, 13, 14]).toContain(windows);
        expect(samples.every((value) => Number.isFinite(value))).toBe(true);
      }
    }
  });

  it("keeps gravity on x when upright, on y and z when laying, and shakes those who walk", () => {
    for (const activity of ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING"]) {
      expect(moments(activity, 0).mean).toBeGreaterThan(0.85);
    }
    expect(Math.abs(moments("LAYING", 0).mean)).toBeLessThan(0.4);
    expect(moments("WALKING", 0).deviation).toBeGreaterThan(0.1);
    expect(moments("STANDING", 0).deviation).toBeLessThan(0.06);
    expect(moments("WALKING_DOWNSTAIRS", 0).deviation).toBeGreaterThan(moments("WALKING", 0).deviation);
  });
});
