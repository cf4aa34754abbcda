import type { Client } from "@tideline/device";
import { element } from "./element.ts";

/** Asks for a consent per purpose and tells the client of every change. Returns how to show what holds by now. */
export function offerConsent(client: Client, changed: () => void): () => void {
  const place = element("consent");
  const boxes = Object.entries(client.app.purposes).map(([purpose, words]) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = purpose;
    const label = document.createElement("label");
    label.append(box, words);
    place.append(label);
    return box;
  });
  const showAll = (): void => {
    const granted = client.diagnostics().consent;
    for (const box of boxes) box.checked = granted.includes(box.name);
  };
  place.addEventListener("change", () => {
    const granted = boxes.filter(({ checked }) => checked).map(({ name }) => name);
    void client.setConsent(granted).then(changed, showAll);
  });
  showAll();
  return showAll;
}
