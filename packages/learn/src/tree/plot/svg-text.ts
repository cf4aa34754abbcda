const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in XML: markup escaped, characters that XML cannot hold replaced. */
export function escaped(text: string): string {
  const legal = text.toWellFormed().replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, "\uFFFD");
  return legal.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A coordinate with two decimals at most. */
export function at(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** How a text stands. */
export interface TextForm {
  readonly anchor?: "start" | "middle" | "end";
  readonly className?: string;
  readonly turned?: boolean;
  /** Characters at most; a longer text ends in an ellipsis and is shown whole by the pointer. */
  readonly most?: number;
}

/** A text element, its baseline at y. */
export function textAt(x: number, y: number, text: string, form: TextForm = {}): string {
  const { anchor = "start", className = "ink", turned = false, most = Infinity } = form;
  const shown = shortened(text, most);
  const whole = shown === text ? "" : `<title>${escaped(text)}</title>`;
  const turn = turned ? ` transform="rotate(-90 ${at(x)} ${at(y)})"` : "";
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" class="${className}"${turn}>${escaped(shown)}${whole}</text>`;
}

/** At most so many characters, the last of them an ellipsis where some are left out. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}\u2026`;
}

/** About how wide a text is at 13 pixels, in pixels; wide letters count for two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x1100 ? 13 : 7.2;
  return width;
}
