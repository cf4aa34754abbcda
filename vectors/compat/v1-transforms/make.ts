import { writeFileSync } from "node:fs";
import { frameOf, type Frame } from "@tideline/learn/frame";
import {
  chain,
  kBinsDiscretizer,
  oneHotEncoder,
  powerTransformer,
  simpleImputer,
  standardScaler,
  targetEncoder,
} from "@tideline/learn/transform";

// Made once, by the first version that stored chains: run again it must give the same bytes, or a new folder begins.
const given = {
  age: [31, null, 27, 44, 90, 18, null, 52],
  visits: [3, 1, 0, 8, 2, 5, 13, 1],
  spent: [9.5, 0.1, 3, 7, 120, 4, 2, 66],
  city: ["Bonn", "Ulm", null, "Bonn", "Köln", "Ulm", "Bonn", "Köln"],
  plan: ["a", "b", "a", "a", "b", "b", "a", "c"],
};
const rows = frameOf(given);
const labels = { kind: "classes", y: Int32Array.of(0, 1, 0, 0, 1, 1, 0, 1), classes: ["no", "yes"] } as const;
const fitted = chain([
  simpleImputer({ columns: ["age"], strategy: "median" }),
  standardScaler({ columns: ["age"] }),
  kBinsDiscretizer({ columns: ["visits"], nBins: 3, encode: "ordinal", strategy: "uniform" }),
  powerTransformer({ columns: ["spent"] }),
  oneHotEncoder({ columns: ["plan"] }),
  targetEncoder({ columns: ["city"] }),
]).fit(rows, labels);

function plain(frame: Frame): Record<string, (number | null)[]> {
  const columns = frame.columns.map((column) => {
    const values = "values" in column ? Array.from(column.values as Float64Array) : [];
    return [column.name, values.map((value) => (Number.isNaN(value) ? null : value))] as const;
  });
  return Object.fromEntries(columns);
}

const folder = import.meta.dirname;
writeFileSync(`${folder}/chain.tltf`, fitted.store());
const json = { rows: given, expected: plain(fitted.transform(rows)) };
writeFileSync(`${folder}/chain.json`, `${JSON.stringify(json, null, 1)}\n`);
