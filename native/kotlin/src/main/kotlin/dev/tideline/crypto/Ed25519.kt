package dev.tideline.crypto

import java.math.BigInteger
import java.math.BigInteger.ONE
import java.math.BigInteger.ZERO
import java.security.MessageDigest

private val TWO = BigInteger.valueOf(2)

/** The field: 2^255 - 19. */
private val P = TWO.pow(255) - BigInteger.valueOf(19)

/** The order of the base point. */
private val L = TWO.pow(252) + BigInteger("27742317777372353535851937790883648493")

/** The curve's constant: -121665/121666. */
private val D = (BigInteger.valueOf(-121665) * BigInteger.valueOf(121666).modInverse(P)).mod(P)

/** A square root of -1. */
private val ROOT = TWO.modPow((P - ONE) / BigInteger.valueOf(4), P)

private val BASE = checkNotNull(decodePoint(ByteArray(32) { if (it == 0) 0x58 else 0x66 }))

/** A point in extended homogeneous coordinates (RFC 8032, section 5.1.4): x = X/Z, y = Y/Z, xy = T/Z. */
private class Point(val x: BigInteger, val y: BigInteger, val z: BigInteger, val t: BigInteger) {
    operator fun plus(other: Point): Point {
        val a = ((y - x) * (other.y - other.x)).mod(P)
        val b = ((y + x) * (other.y + other.x)).mod(P)
        val c = (TWO * D * t * other.t).mod(P)
        val d = (TWO * z * other.z).mod(P)
        val e = b - a
        val f = d - c
        val g = d + c
        val h = b + a
        return Point((e * f).mod(P), (g * h).mod(P), (f * g).mod(P), (e * h).mod(P))
    }

    operator fun times(scalar: BigInteger): Point {
        var sum = Point(ZERO, ONE, ONE, ZERO)
        for (bit in scalar.bitLength() - 1 downTo 0) {
            sum += sum
            if (scalar.testBit(bit)) sum += this
        }
        return sum
    }

    fun isSameAs(other: Point): Boolean =
        (x * other.z - other.x * z).mod(P) == ZERO && (y * other.z - other.y * z).mod(P) == ZERO
}

private fun littleEndian(bytes: ByteArray): BigInteger = BigInteger(1, bytes.reversedArray())

/** The point of 32 bytes, or null (RFC 8032, section 5.1.3). */
private fun decodePoint(bytes: ByteArray): Point? {
    val all = littleEndian(bytes)
    val isOdd = all.testBit(255)
    val y = all.clearBit(255)
    if (y >= P) return null
    val square = y * y
    val u = (square - ONE).mod(P)
    val v = (D * square + ONE).mod(P)
    val power = (P - BigInteger.valueOf(5)) / BigInteger.valueOf(8)
    var x = (u * v.pow(3) * (u * v.pow(7)).modPow(power, P)).mod(P)
    val check = (v * x * x).mod(P)
    if (check == (-u).mod(P)) x = (x * ROOT).mod(P) else if (check != u) return null
    if (x == ZERO && isOdd) return null
    if (x.testBit(0) != isOdd) x = P - x
    return Point(x, y, ONE, (x * y).mod(P))
}

/**
 * Whether a 64-byte Ed25519 signature (RFC 8032, section 5.1.7, without the cofactor) is one of a message by a 32-byte
 * public key. Plain big integers: some ten milliseconds on a JVM; handles no secret, so that its time tells nothing.
 */
internal fun verifyEd25519(publicKey: ByteArray, message: ByteArray, signature: ByteArray): Boolean {
    if (publicKey.size != 32 || signature.size != 64) return false
    val key = decodePoint(publicKey) ?: return false
    val r = decodePoint(signature.copyOf(32)) ?: return false
    val s = littleEndian(signature.copyOfRange(32, 64))
    if (s >= L) return false
    val digest = MessageDigest.getInstance("SHA-512")
    digest.update(signature, 0, 32)
    digest.update(publicKey)
    val k = littleEndian(digest.digest(message)).mod(L)
    return (BASE * s).isSameAs(r + key * k)
}
