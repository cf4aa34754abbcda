import { element, percent, show } from "./element.ts";
import type { Judgement } from "./judge.ts";
import type { Report } from "./message.ts";
import { ACTIVITIES } from "./motion.ts";

/** Shows how the model does by activity; what is not known yet is a dash. */
export function showKnown(before?: Judgement, after?: Judgement): void {
  show("before", before === undefined ? "?" : percent(before.accuracy));
  show("after", after === undefined ? "?" : percent(after.accuracy));
  const rows = ACTIVITIES.map((activity, at) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = activity;
    row.append(head);
    for (const judgement of [before, after]) {
      const cell = document.createElement("td");
      cell.textContent = judgement === undefined ? "–" : percent(judgement.known[at]!);
      row.append(cell);
    }
    return row;
  });
  element("known").replaceChildren(...rows);
}

function offerFile(id: string, words: string, bytes: BlobPart, type: string): void {
  const link = element<HTMLAnchorElement>(id);
  URL.revokeObjectURL(link.href);
  const blob = new Blob([bytes], { type });
  link.href = URL.createObjectURL(blob);
  link.textContent = `${words} (${Math.ceil(blob.size / 1024)} KiB)`;
}

/** Offers the model and the report as files; they are made here and saved by the browser. */
export function offerFiles(onnx: Uint8Array<ArrayBuffer>, report: Report): void {
  offerFile("onnx", "Save the model as ONNX", onnx, "application/octet-stream");
  offerFile("report", "Save the report of the run", JSON.stringify(report), "application/json");
  element("files").hidden = false;
  element("nothing").hidden = true;
}

/** Takes the files back while a new run is under way. */
export function withdrawFiles(): void {
  element("files").hidden = true;
  element("nothing").hidden = false;
}
