import { type ReactNode, useId, useState } from "react";
import { type Column, Table } from "../frame/table.tsx";
import "./chart-figure.css";

/** The most rows of a chart's table; the newest are kept. */
const MOST_ROWS = 60;

/** A line of the legend: what it is called and how it is drawn. */
export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly dashed?: boolean;
}

/** Properties of {@link ChartFigure}. */
export interface ChartFigureProps<Row> {
  readonly title: string;
  /** What the picture says, in a sentence: shown below it and read in its stead. */
  readonly summary: string;
  readonly legend?: readonly LegendEntry[];
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** The drawing, made by the chart library. */
  readonly children: ReactNode;
}

/** A chart with title, legend, its message in words, and its numbers as a table on demand. */
export function ChartFigure<Row>(props: ChartFigureProps<Row>) {
  const { title, summary, legend = [], rows, columns, rowKey, children } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <figure className="chart" aria-labelledby={id}>
      <div className="chart-head">
        <h3 id={id}>{title}</h3>
        <ul className="legend">
          {legend.map(({ name, color, dashed }) => (
            <li key={name}>
              <svg viewBox="0 0 18 8" width="18" height="8" aria-hidden="true">
                <path
                  d="M1 4h16"
                  stroke={color}
                  strokeWidth="2.5"
                  strokeDasharray={dashed ? "4 3" : undefined}
                />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </div>
      <div className="drawing" role="img" aria-label={`${title}. ${summary}`}>
        {children}
      </div>
      <figcaption>{summary}</figcaption>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          Numbers<span className="unseen"> of {title}</span>
        </summary>
        {open ? (
          <Table
            scrolls
            caption={title}
            columns={columns}
            rows={rows.slice(-MOST_ROWS).toReversed()}
            rowKey={rowKey}
          />
        ) : null}
      </details>
    </figure>
  );
}
