import type { LabelTable, PrivacyLabel } from "./label.ts";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Light and dark by the reader's setting; tables scroll within themselves on a narrow screen. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9da7b3; --line: #3d444d; --page: #0d1117; }
}
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.6 system-ui, sans-serif; }
h1, h2 { line-height: 1.25; }
p { color: var(--soft); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.5rem 0.75rem 0.5rem 0; text-align: left;
  vertical-align: top; overflow-wrap: break-word; }
th, td { min-width: 6.5rem; }
th:last-child, td:last-child { min-width: 11rem; }
`;

function tableHtml({ columns, rows }: LabelTable, title: string): string {
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`);
  return `<div class="table" role="region" aria-label="${escape(title)}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

/** A label as a page of its own: no script, nothing loaded from elsewhere. */
export function labelPage({ title, sections }: PrivacyLabel): string {
  const parts = sections.map(
    (section) =>
      `<h2>${escape(section.title)}</h2>\n<p>${escape(section.text)}</p>${section.table === undefined ? "" : `\n${tableHtml(section.table, section.title)}`}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${parts.join("\n")}
</main>
</body>
</html>
`;
}
