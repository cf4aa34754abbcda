import { defineApp, event, t } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { eventColumns, tableSql } from "../lake/index.ts";
import { openLake } from "../lake/testing/open-lake.ts";
import { sampleLog } from "../lake/testing/sample-log.ts";
import { jsonSelection, propertiesOf, rowsOf } from "./row-json.ts";

const photo = t.media({ types: ["image/jpeg"], maxBytes: 1e12 });
const meal = event("meal", { photo, sound: t.optional(photo) }, { purpose: "diary", retain: "90d" });
const app = defineApp({
  name: "food",
  purposes: { diary: "Keep it." },
  events: [meal],
  views: [],
  models: [],
});
const reference = { sha256: "0a".repeat(32), bytes: 999_999_999_999, type: "image/jpeg" };

test("a medium has three columns, and comes out of them as the reference that went in", async () => {
  const { engine, compact } = await openLake(onTestFinished);
  const { snapshot } = await compact(
    sampleLog([
      {
        events: [
          { seq: 1, name: "meal", properties: { photo: reference } },
          { seq: 2, name: "meal", properties: { photo: reference, sound: { ...reference, bytes: 1 } } },
        ],
      },
    ]),
    app,
  );
  const columns = eventColumns(meal);
  expect(columns.slice(-6).map(({ name, type }) => `${name} ${type}`)).toEqual([
    "photo_sha256 VARCHAR",
    "photo_bytes BIGINT",
    "photo_type VARCHAR",
    "sound_sha256 VARCHAR",
    "sound_bytes BIGINT",
    "sound_type VARCHAR",
  ]);
  const table = tableSql(snapshot!, "meal");
  const rows = rowsOf(
    await engine.columns(`select ${jsonSelection(columns)} from ${table} order by seq`),
    columns,
  );
  expect(rows.map((row) => propertiesOf(app, "meal", row))).toEqual([
    { photo: reference },
    { photo: reference, sound: { ...reference, bytes: 1 } },
  ]);
});
