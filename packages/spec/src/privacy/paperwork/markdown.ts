import type { LabelTable, PrivacyLabel } from "./label.ts";

/** Text that Markdown shows as it stands, on one line, also in a table. */
const plain = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>#|~]/g, (character) => `\\${character}`);

function tableText({ columns, rows }: LabelTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "-")).replaceAll("-", "---"), ...rows.map(line)].join("\n");
}

/** A label as Markdown. */
export function labelMarkdown({ title, sections }: PrivacyLabel): string {
  const parts = sections.map((section) =>
    [
      `## ${plain(section.title)}`,
      plain(section.text),
      ...(section.table === undefined ? [] : [tableText(section.table)]),
    ].join("\n\n"),
  );
  return `${[`# ${plain(title)}`, ...parts].join("\n\n")}\n`;
}
