/** An element of the page by its id. */
export function element<Kind extends Element = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as unknown as Kind;
}

/** Puts text into an element. */
export function show(id: string, text: string): void {
  element(id).textContent = text;
}

/** A share as a person reads it. */
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
