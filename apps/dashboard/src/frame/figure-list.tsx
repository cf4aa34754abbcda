import type { ReactNode } from "react";
import "./figure-list.css";

/** A figure with its name and what to know about it. */
export interface KeyFigure {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: "good" | "warn" | "bad";
}

/** Figures side by side, as many in a row as fit. */
export function FigureList({
  figures,
  large = false,
}: {
  readonly figures: readonly KeyFigure[];
  readonly large?: boolean;
}) {
  return (
    <dl className={large ? "figures large" : "figures"}>
      {figures.map(({ name, value, note, tone }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={tone === undefined ? "figure-value" : `figure-value ${tone}`}>{value}</dd>
          {note === undefined ? null : <dd className="figure-note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
