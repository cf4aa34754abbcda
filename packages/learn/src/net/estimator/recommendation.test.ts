import { describe, expect, test } from "vitest";
import { referenceRuntime } from "@tideline/graph";
import { matrix } from "../../matrix.ts";
import { popularity } from "./popularity.ts";
import { twoTower } from "./two-tower.ts";

const rows = { users: ["u1", "u1", "u2"], items: ["i1", "i2", "i1"] };
const asks = (exclude: unknown) =>
  popularity()
    .fit(rows)
    .recommend({ ids: ["u1", "u2"] }, 2, { exclude: exclude as readonly Iterable<string>[] });

describe("recommend({ exclude })", () => {
  test("leaves out what each user's list names", () => {
    expect(asks([["i1"], new Set(["i2"])]).items).toEqual([["i2"], ["i1"]]);
  });

  test("refuses a text in place of a list, which JavaScript reads as a list of letters", () => {
    expect(() => asks([["i1"], "i2"])).toThrow(
      /exclude\[1\]: expected a list of items, received the text "i2"/,
    );
    expect(() => asks([["i1"]])).toThrow(/exclude: expected 2 lists, one for each user, received 1/);
  });
});

test("features of an id that stands there twice are refused", async () => {
  const itemFeatures = { ids: ["i1", "i2", "i1"], X: matrix(3, 1, Float64Array.of(1, 2, 3)) };
  const fitting = twoTower({ epochs: 1 }).fit({ ...rows, itemFeatures }, { runtime: referenceRuntime });
  await expect(fitting).rejects.toThrow(/item: features.ids: expected each id once, received "i1" twice/);
});
