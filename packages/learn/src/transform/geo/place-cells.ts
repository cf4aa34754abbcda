import type { Column, FrameSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { FORMS, type OptionForm } from "../../net/estimator/option-form.ts";
import { needColumns } from "../need-columns.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { TransformDef } from "../transform-def.ts";

/** What every transform of places into cells takes. */
export interface PlaceCellOptions {
  /** The column of latitude, in degrees. */
  readonly latitude: string;
  /** The column of longitude, in degrees; 181 is -179. */
  readonly longitude: string;
  /** The new column. Default: the name of the cells. */
  readonly name?: string;
}

/** How places become cells. */
export interface PlaceCells<Options extends PlaceCellOptions> {
  readonly kind: string;
  readonly forms: Readonly<Record<string, OptionForm>>;
  readonly defaults: Partial<Options> & { readonly name: string };
  /** The text of the cell of a place, whose latitude is within the poles and whose longitude is in [-180, 180). */
  cellOf(latitude: number, longitude: number, options: Options): string;
  /** Why a graph cannot say it. */
  readonly unsupported: string;
}

/** A transform of two columns of coordinates into texts of cells; what is no place has none. */
export function placeCells<Options extends PlaceCellOptions>({
  kind,
  forms: own,
  defaults,
  cellOf,
  unsupported,
}: PlaceCells<Options>): TransformDef<Options, null> {
  const forms = { latitude: FORMS.text, longitude: FORMS.text, ...own, name: FORMS.text };
  return Object.freeze({
    kind,
    traits: { accepts: ["float"], labels: "none", memory: "bounded", ordered: false } as const,
    forms,
    resolve: (given: Options) => resolveOptions(kind, forms, defaults, given, ["latitude", "longitude"]),
    begin({ latitude, longitude }: Options, inputs: FrameSchema) {
      needColumns(kind, [latitude, longitude], inputs);
      return learnsNothing(null);
    },
    outputs: (_: null, { name }: Options) => [{ name: name!, kind: "string" as const }],
    apply(_: null, options: Options, columns: readonly Column[], rows: number): readonly Column[] {
      const of = (name: string) =>
        numbersOf(
          columns.find((column) => column.name === name)!,
          kind,
        );
      const [latitude, longitude] = [of(options.latitude), of(options.longitude)];
      const dictionary: string[] = [];
      const places = new Map<string, number>();
      const codes = new Int32Array(rows).fill(-1);
      for (let row = 0; row < rows; row++) {
        const [north, east] = [latitude[row]!, longitude[row]!];
        if (!(Math.abs(north) <= 90) || !Number.isFinite(east)) continue;
        const cell = cellOf(north, wrapped(east), options);
        let place = places.get(cell);
        if (place === undefined) {
          place = dictionary.push(cell) - 1;
          places.set(cell, place);
        }
        codes[row] = place;
      }
      return [{ kind: "string", name: options.name!, codes, dictionary }];
    },
    lower: { unsupported },
  });
}

/** A longitude in [-180, 180). */
export function wrapped(longitude: number): number {
  if (longitude >= -180 && longitude < 180) return longitude;
  return longitude - 360 * Math.floor((longitude + 180) / 360);
}
