const larger = (kind: string, type: string, name: string, sign: string): readonly [string, string] => {
  const missing = kind === "long" ? "" : "isnan(a) ? a : isnan(b) ? b : ";
  return [
    `${name}_${kind}(`,
    `static ${type} ${name}_${kind}(${type} a, ${type} b) {
    return ${missing}a ${sign} b ? a : b;
}
`,
  ];
};

/** What source in C may need, by what calls it. */
export const C_PARTS: readonly (readonly [name: string, text: string])[] = [
  [
    "code_of(",
    `typedef struct {
    const char *text;
    int64_t code;
} Code;

/** The code of a text among sorted ones; -1 where none is given. */
static int64_t code_of(const Code *codes, size_t count, const char *text, int64_t other) {
    if (text == NULL || *text == 0) return -1;
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(text, codes[middle].text);
        if (order == 0) return codes[middle].code;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return other;
}
`,
  ],
  larger("float", "float", "max", ">"),
  larger("double", "double", "max", ">"),
  larger("long", "int64_t", "max", ">"),
  larger("float", "float", "min", "<"),
  larger("double", "double", "min", "<"),
  larger("long", "int64_t", "min", "<"),
  [
    "placed(",
    `/** A place counted from the front. */
static int placed(int64_t at, int length, bool *bad) {
    int64_t place = at < 0 ? at + length : at;
    if (place >= 0 && place < length) return (int)place;
    *bad = true;
    return 0;
}
`,
  ],
  [
    "power(",
    `/** As ECMAScript has it: NaN to a missing power, and of 1 to an infinite one. */
static double power(double x, double y) {
    return isnan(y) || (fabs(x) == 1 && isinf(y)) ? (double)NAN : pow(x, y);
}
`,
  ],
  [
    "whole(",
    `/** The whole number towards 0; 0 where there is none. */
static int64_t whole(double x) {
    return fabs(x) < 9223372036854775808.0 ? (int64_t)x : 0;
}
`,
  ],
];
