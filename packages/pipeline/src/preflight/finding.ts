/** What was found in something that is to ship, and what to do. */
export interface Finding {
  readonly level: "error" | "warning" | "note";
  /** Which check. */
  readonly check: "size" | "pages" | "runtime" | "package" | "format";
  readonly file: string;
  readonly what: string;
  readonly fix: string;
  /** Where the rule stands. */
  readonly source?: string;
}

/** The oldest systems and runtimes that an app is for; what is not said is not checked. */
export interface ShipTargets {
  readonly ios?: string;
  readonly macos?: string;
  /** TensorFlow Lite, or LiteRT by its TensorFlow release. */
  readonly tflite?: string;
  readonly onnxruntime?: string;
  /** Bytes that models may add. */
  readonly budget?: number;
}
