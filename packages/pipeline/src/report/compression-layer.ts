import type { CompressionEntry, Sensitivity } from "@tideline/graph/compress";
import { count, number, percent } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

/** What each form made of its layers, a fold each. */
export function layerParts(entries: readonly CompressionEntry[]): Markup {
  return markup`${entries.map(
    ({ name, layers }) =>
      markup`<details><summary><bdi>${shownText(name)}</bdi>: ${count(layers.length)} ${layers.length === 1 ? "layer" : "layers"}</summary>
<div class="scroll" role="region" tabindex="0" aria-label="Layers of ${shownText(name)}"><table><thead><tr><th scope="col">Layer</th><th scope="col">Operator</th><th scope="col">Numbers</th><th scope="col" class="number">Weights</th><th scope="col" class="number">Bytes</th><th scope="col" class="number">Of before</th><th scope="col" class="number">Weights moved</th></tr></thead><tbody>
${layers.map((layer) => {
  const cells = [
    count(layer.weights),
    count(layer.bytes),
    percent(layer.bytes, layer.bytesBefore),
    percent(layer.weightError, 1),
  ];
  return markup`<tr><th scope="row" class="name"><bdi>${shownText(layer.name)}</bdi></th><td>${layer.op}</td><td>${layer.precision}</td>${cells.map(
    (cell) => markup`<td class="number">${cell}</td>`,
  )}</tr>
`;
})}</tbody></table></div></details>
`,
  )}`;
}

/** What each layer alone costs in each precision. */
export function sensitivityTable(sensitivities: readonly Sensitivity[]): Markup {
  const precisions = [...new Set(sensitivities.map(({ precision }) => precision))];
  const byLayer = Map.groupBy(sensitivities, ({ layer }) => layer);
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Each layer alone"><table><thead><tr><th scope="col">Layer</th>${precisions.map(
    (precision) => markup`<th scope="col" class="number">${precision}</th>`,
  )}</tr></thead><tbody>
${[...byLayer].map(
  ([layer, own]) =>
    markup`<tr><th scope="row" class="name"><bdi>${shownText(layer)}</bdi></th>${precisions.map(
      (precision) => {
        const one = own.find((tried) => tried.precision === precision);
        return one === undefined
          ? markup`<td class="number">\u2013</td>`
          : markup`<td class="number">${one.score.toFixed(4)} <span class="soft">(${number(Number(one.error.toPrecision(2)))})</span></td>`;
      },
    )}</tr>
`,
)}</tbody></table></div>`;
}
