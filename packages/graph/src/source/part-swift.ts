/** What source in Swift may need, by what calls it. */
export const SWIFT_PARTS: readonly (readonly [name: string, text: string])[] = [
  [
    "code(",
    `    /// The code of a text by its bytes: texts that only look alike stay apart.
    private static func code(_ codes: [[UInt8]: Int64], _ text: String?, other: Int64) -> Int64 {
        guard let text, !text.isEmpty else { return -1 }
        return codes[Array(text.utf8)] ?? other
    }

    private static func numbered(_ texts: [String]) -> [[UInt8]: Int64] {
        var codes: [[UInt8]: Int64] = [:]
        for (code, text) in texts.enumerated() where !text.isEmpty {
            let bytes = Array(text.utf8)
            if codes[bytes] == nil { codes[bytes] = Int64(code) }
        }
        return codes
    }
`,
  ],
  [
    "signs(",
    `    /// The characters of a text.
    private static func signs(_ text: String, dotted: Bool) -> [Int32] {
        var signs: [Int32] = []
        signs.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if dotted && scalar.value == 0x130 {
                signs.append(0x69)
                signs.append(0x307)
            } else {
                signs.append(Int32(scalar.value))
            }
        }
        return signs
    }
`,
  ],
  [
    "larger(",
    `    /// The larger one; NaN where either is.
    private static func larger<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number {
        a.isNaN ? a : b.isNaN ? b : a > b ? a : b
    }

    private static func larger(_ a: Int64, _ b: Int64) -> Int64 {
        a > b ? a : b
    }
`,
  ],
  [
    "smaller(",
    `    /// The smaller one; NaN where either is.
    private static func smaller<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number {
        a.isNaN ? a : b.isNaN ? b : a < b ? a : b
    }

    private static func smaller(_ a: Int64, _ b: Int64) -> Int64 {
        a < b ? a : b
    }
`,
  ],
  [
    "placed(",
    `    /// A place counted from the front; a code that has none is kept, and told of at the end.
    private static func placed(_ at: Int64, _ length: Int, _ stray: inout Int64?) -> Int {
        let place = at < 0 ? at &+ Int64(length) : at
        if place >= 0 && place < length { return Int(place) }
        stray = at
        return 0
    }
`,
  ],
  [
    "power(",
    `    /// As ECMAScript has it: NaN to a missing power, and of 1 to an infinite one.
    private static func power(_ x: Double, _ y: Double) -> Double {
        y.isNaN || (x.magnitude == 1 && y.isInfinite) ? .nan : pow(x, y)
    }
`,
  ],
  [
    "whole(",
    `    /// The whole number towards 0; 0 where there is none.
    private static func whole(_ x: Double) -> Int64 {
        x.magnitude < 9223372036854775808 ? Int64(x) : 0
    }
`,
  ],
  [
    "wholeSize(",
    `    /// Without its sign; the lowest one stays, as in the graph.
    private static func wholeSize(_ x: Int64) -> Int64 {
        x < 0 ? 0 &- x : x
    }
`,
  ],
];

/** The C library as platforms name it: it has the functions that Swift's own library lacks. */
export const SWIFT_IMPORT = `#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#elseif canImport(ucrt)
import ucrt
#endif
`;

/** Reads lists of digits. */
export const SWIFT_DIGITS = `    /// Long lists stand as hexadecimal digits of their bits: compilers take long lists of numbers slowly.
    enum Digits {
        static func floats(_ parts: String...) -> [Float] {
            bits(parts, 8).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
        }

        static func doubles(_ parts: String...) -> [Double] {
            bits(parts, 16).map { Double(bitPattern: $0) }
        }

        static func int32s(_ parts: String...) -> [Int32] {
            bits(parts, 8).map { Int32(truncatingIfNeeded: $0) }
        }

        static func int64s(_ parts: String...) -> [Int64] {
            bits(parts, 16).map { Int64(bitPattern: $0) }
        }

        static func bools(_ parts: String...) -> [Bool] {
            bits(parts, 1).map { $0 != 0 }
        }

        private static func bits(_ parts: [String], _ digits: Int) -> [UInt64] {
            var numbers: [UInt64] = []
            var (number, count): (UInt64, Int) = (0, 0)
            for part in parts {
                for byte in part.utf8 {
                    number = number << 4 | UInt64(byte < 58 ? byte - 48 : byte - 87)
                    count += 1
                    if count < digits { continue }
                    numbers.append(number)
                    (number, count) = (0, 0)
                }
            }
            return numbers
        }
    }
`;
