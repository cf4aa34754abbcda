/** The fewest digits that read back as this float32. */
export function floatDigits(value: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return dotted(String(Number(text)));
  }
  return dotted(String(value));
}

/** A finite number with a dot or an exponent, so that no language takes it for an integer. */
export function dotted(text: string): string {
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A finite float32 or float64 in decimal, with the sign of a zero. */
export function decimal(value: number, isFloat: boolean): string {
  if (Object.is(value, -0)) return "-0.0";
  return isFloat ? floatDigits(Math.fround(value)) : dotted(String(value));
}

/** A list as lines of at most about 110 characters. */
export function wrapped(items: readonly string[], pad: string): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    if (line.length + item.length > 108) {
      lines.push(line);
      line = "";
    }
    line += `${line === "" ? pad : " "}${item},`;
  }
  if (line !== "") lines.push(line);
  return lines.join("\n");
}
