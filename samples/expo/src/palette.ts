/** Colours of a scheme; text stands out from both grounds by more than 7 to 1. */
export interface Palette {
  readonly page: string;
  readonly card: string;
  readonly text: string;
  readonly quiet: string;
  readonly alarm: string;
}

const LIGHT: Palette = {
  page: "#f2f4f5",
  card: "#ffffff",
  text: "#12202b",
  quiet: "#44525d",
  alarm: "#9b1c1c",
};
const DARK: Palette = {
  page: "#0d1418",
  card: "#18232a",
  text: "#eef3f5",
  quiet: "#b6c3ca",
  alarm: "#ffb4ab",
};

/** The colours for what the system prefers. */
export const paletteOf = (scheme: string | null | undefined): Palette => (scheme === "dark" ? DARK : LIGHT);
