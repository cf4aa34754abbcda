export * from "./transform/geo/h3-cell.ts";
export type { PlaceCellOptions } from "./transform/geo/place-cells.ts";
