/**
 * Fills `out` with float32 numbers in [0, 1), 24 random bits each: xoshiro128+ (D. Blackman and S. Vigna, "Scrambled
 * linear pseudorandom number generators", ACM TOMS 47:4, 2021), whose upper bits are what it is recommended for. The
 * state lives in local variables of one loop; a closure called for each number (`seededRandom`) takes about six times
 * as long, which dropout would feel in every step.
 *
 * @param seed an integer; its low 32 bits count.
 */
export function fillUniform(out: Float32Array, seed: number): void {
  let weyl = seed | 0;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let word = 0; word < 4; word++) {
    weyl = (weyl + 0x9e3779b9) | 0;
    let z = weyl;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    z ^= z >>> 16;
    a = b;
    b = c;
    c = d;
    d = z;
  }
  for (let i = 0; i < out.length; i++) {
    out[i] = ((a + d) >>> 8) * 5.960464477539063e-8;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
}
