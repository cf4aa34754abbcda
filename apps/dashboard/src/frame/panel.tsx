import { type ReactNode, useId } from "react";
import "./panel.css";

/** Properties of {@link Panel}. */
export interface PanelProps {
  readonly title: string;
  /** Said under the title, in muted ink. */
  readonly note?: ReactNode;
  /** Columns of twelve that it takes on a wide screen; all of them when left out. */
  readonly columns?: 5 | 6 | 7;
  readonly children: ReactNode;
}

/** A titled part of the page: a region that assistive technology can jump to. */
export function Panel({ title, note, columns, children }: PanelProps) {
  const id = useId();
  return (
    <section className={columns === undefined ? "panel" : `panel wide-${columns}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <p className="quiet">{note}</p>}
      </header>
      {children}
    </section>
  );
}
