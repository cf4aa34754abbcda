/** The latest time that travels, milliseconds since 1970: no calendar of ECMAScript goes further (ECMA-262, 21.4.1.1). */
export const LAST_TIME = 8.64e15;
