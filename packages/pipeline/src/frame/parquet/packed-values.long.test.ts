import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { damagedReader, ENCODED } from "./testing/encoded-files.ts";

test("every 13th byte of the pages of each encoding, changed in four ways, is an error of data or other values", async () => {
  const read = damagedReader(temporaryFolder(onTestFinished));
  for (const name of ENCODED) {
    let [size, damaged, silent] = [1, 0, 0];
    for (let at = 0; at < size; at += 13)
      for (const change of [0xff, 0x01, 0x80, undefined]) {
        const fault = await read(name, (pages) => {
          size = pages.length;
          if (change === undefined) pages.subarray(at, at + 4).fill(0xff);
          else pages[at]! ^= change;
        });
        if (fault === undefined) silent++;
        else damaged++;
      }
    expect(damaged, `${name}: ${silent} of ${silent + damaged} are other values`).toBeGreaterThan(size / 13);
  }
});
