import type { ReactNode } from "react";
import "./table.css";

/** A column: its heading, how a row's cell looks, and whether it holds numbers. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  /** Drawn in the type of code: addresses and parameters. */
  readonly code?: boolean;
}

/** Properties of {@link Table}. */
export interface TableProps<Row> {
  /** Said to assistive technology; the panel's title already stands above. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Whether it scrolls by itself, with the keyboard too, when it is long. */
  readonly scrolls?: boolean;
}

/**
 * A table whose first column heads its rows. Where it has more than three columns and little room, each row becomes
 * a small list, so that nothing scrolls sideways.
 */
export function Table<Row>({ caption, columns, rows, rowKey, scrolls = false }: TableProps<Row>) {
  const [head, ...rest] = columns;
  const kind = ({ numeric, code }: Column<Row>): string =>
    [numeric === true ? "numeric" : "", code === true ? "code" : ""].join(" ").trim();
  return (
    <div className="table-frame" {...(scrolls ? { tabIndex: 0, role: "group", "aria-label": caption } : {})}>
      {/* The roles are said again because a display other than table takes them away in some browsers. */}
      <table className={columns.length > 3 ? "table stacks" : "table"} role="table">
        <caption className="unseen">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                role="columnheader"
                className={column.numeric ? "numeric" : ""}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              <th scope="row" role="rowheader" className={kind(head!)}>
                {head!.cell(row)}
              </th>
              {rest.map((column) => (
                <td key={column.title} role="cell" className={kind(column)} data-title={column.title}>
                  <span>{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
