/** The type of a feature as the file says it. */
export type FormType =
  | { readonly kind: "int64" | "double" | "string" }
  | { readonly kind: "array"; readonly shape: readonly number[]; readonly dataType: number }
  | { readonly kind: "dictionary"; readonly key: "int64" | "string" }
  | { readonly kind: "other" };

/** A feature of an interface. */
export interface FormFeature {
  readonly name: string;
  readonly type: FormType;
}

/** A node of a tree, as it stands in the file. */
export interface FormNode {
  readonly tree: number;
  readonly id: number;
  readonly behaviour: number;
  readonly feature: number;
  readonly value: number;
  readonly yes: number;
  readonly no: number;
  readonly missingYes: boolean;
  readonly values: readonly (readonly [output: number, value: number])[];
}

/** The names of classes. */
export type FormLabels = readonly (string | number)[];

/** What a model computes. */
export type ClassicBody =
  | { readonly kind: "pipeline"; readonly models: readonly ClassicForm[]; readonly names: readonly string[] }
  | {
      readonly kind: "trees";
      readonly nodes: readonly FormNode[];
      readonly outputs: number;
      readonly base: readonly number[];
      readonly transform: number;
      readonly labels?: FormLabels;
    }
  | {
      readonly kind: "linear";
      readonly weights: readonly (readonly number[])[];
      readonly offsets: readonly number[];
      readonly transform: number;
      readonly encoding: number;
      readonly labels?: FormLabels;
    }
  | { readonly kind: "scaler"; readonly shift: readonly number[]; readonly scale: readonly number[] }
  | { readonly kind: "imputer"; readonly fill: readonly number[]; readonly replace: number }
  | { readonly kind: "oneHot"; readonly categories: FormLabels; readonly ignore: boolean }
  | {
      readonly kind: "mapping";
      readonly codes: ReadonlyMap<string, number>;
      readonly other: number;
    }
  | {
      readonly kind: "vector";
      readonly parts: readonly { readonly name: string; readonly length: number }[];
    };

/** A classic model, read from its bytes. */
export interface ClassicForm {
  readonly version: number;
  readonly form: string;
  readonly inputs: readonly FormFeature[];
  readonly outputs: readonly FormFeature[];
  readonly predicted: string;
  readonly probabilities: string;
  readonly body: ClassicBody;
}
