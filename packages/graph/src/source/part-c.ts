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
  [
    "signs_of(",
    `/** The characters of a text, in memory that the caller frees; a byte that belongs to none is U+FFFD. */
static bool signs_of(const char *text, bool dotted, int32_t **signs, int64_t *length) {
    const unsigned char *bytes = (const unsigned char *)(text == NULL ? "" : text);
    size_t size = strlen((const char *)bytes), at = 0;
    *length = 0;
    *signs = size > SIZE_MAX / sizeof **signs - 1 ? NULL : malloc((size + 1) * sizeof **signs);
    if (*signs == NULL) return false;
    while (at < size) {
        unsigned char first = bytes[at];
        int more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >= 0xE0 && first < 0xF0 ? 2
            : first >= 0xF0 && first < 0xF5 ? 3 : -1;
        int32_t sign = more <= 0 ? first : first & (0x3F >> more);
        for (int next = 1; next <= more; next++) {
            if ((bytes[at + (size_t)next] & 0xC0) != 0x80) more = -1;
            else sign = sign << 6 | (bytes[at + (size_t)next] & 0x3F);
        }
        if ((more == 2 && (sign < 0x800 || (sign >= 0xD800 && sign < 0xE000)))
            || (more == 3 && (sign < 0x10000 || sign > 0x10FFFF))) more = -1;
        at += more < 0 ? 1 : (size_t)more + 1;
        if (dotted && more > 0 && sign == 0x130) {
            (*signs)[(*length)++] = 0x69;
            sign = 0x307;
        }
        (*signs)[(*length)++] = more < 0 ? 0xFFFD : sign;
    }
    return true;
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
