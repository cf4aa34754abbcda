/** An element of the page by its id. */
export function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as Kind;
}

/** Puts text into an element; one that was hidden appears with it and goes without. */
export function show(id: string, text: string): void {
  const place = element(id);
  place.textContent = text;
  if (place.matches(".hint, #left")) place.hidden = text === "";
}

/** What went wrong, in words. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Does some work at a click, during which the button cannot be pressed; tells what went wrong by #error. */
export function onClick(id: string, work: () => Promise<unknown>): void {
  const button = element<HTMLButtonElement>(id);
  button.addEventListener("click", () => {
    button.disabled = true;
    work()
      .catch((error: unknown) => show("error", wordsOf(error)))
      .finally(() => (button.disabled = false));
  });
}
