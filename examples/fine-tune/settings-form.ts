import type { ExecutionProvider } from "@tideline/graph";
import { element } from "./element.ts";
import type { FineTuneSettings } from "./fine-tune.ts";
import { PEOPLE, type PersonName } from "./person.ts";

/** Decides the simulated windows, their order and the dropout. */
const SEED = 5;

/** Puts a choice of people into the form, and of WebGPU where the browser knows it. */
export function offerSettings(): void {
  const people = Object.entries(PEOPLE).map(([name, { words }], at) => {
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "person", value: name, defaultChecked: at === 0 });
    const label = document.createElement("label");
    label.append(radio, words);
    return label;
  });
  element("person").append(...people);
  element("compute").hidden = !("gpu" in navigator);
}

/** What the form says. */
export function readSettings(): FineTuneSettings {
  const form = new FormData(element<HTMLFormElement>("settings"));
  return {
    person: form.get("person") as PersonName,
    part: form.get("part") as FineTuneSettings["part"],
    epochs: element<HTMLInputElement>("epochs").valueAsNumber,
    provider: element<HTMLSelectElement>("provider").value as ExecutionProvider,
    seed: SEED,
  };
}
