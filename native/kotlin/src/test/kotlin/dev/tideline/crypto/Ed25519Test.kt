package dev.tideline.crypto

import dev.tideline.SigningKey
import dev.tideline.jvm.SystemVerify
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.math.BigInteger
import kotlin.random.Random

/** Verification in plain Kotlin agrees with the platform's. */
class Ed25519Test {
    private fun bytes(hex: String) = ByteArray(hex.length / 2) { hex.substring(2 * it, 2 * it + 2).toInt(16).toByte() }

    @Test
    fun `vectors of RFC 8032, section 7_1`() {
        val key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        val signature = bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        )
        assertTrue(verifyEd25519(key, byteArrayOf(0x72), signature))
        assertFalse(verifyEd25519(key, byteArrayOf(0x73), signature))
        val empty = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        val signed = bytes(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        )
        assertTrue(verifyEd25519(empty, ByteArray(0), signed))
    }

    @Test
    fun `agrees with the platform on good and damaged signatures`() {
        val random = Random(5)
        repeat(60) { round ->
            val key = SigningKey(round)
            val message = random.nextBytes(random.nextInt(200))
            val signature = key.sign(message)
            assertTrue(verifyEd25519(key.public, message, signature) && SystemVerify.ed25519(key.public, message, signature))
            repeat(3) {
                val damaged = signature.copyOf().also { it[random.nextInt(64)] = random.nextInt().toByte() }
                val expected = SystemVerify.ed25519(key.public, message, damaged)
                assertEquals(expected, verifyEd25519(key.public, message, damaged))
                val other = key.public.copyOf().also { it[random.nextInt(32)] = random.nextInt().toByte() }
                assertEquals(SystemVerify.ed25519(other, message, signature), verifyEd25519(other, message, signature))
            }
        }
    }

    @Test
    fun `a scalar beyond the order and bytes of another length are refused`() {
        val key = SigningKey(9)
        val signature = key.sign(ByteArray(3))
        val order = BigInteger.TWO.pow(252) + BigInteger("27742317777372353535851937790883648493")
        val s = BigInteger(1, signature.copyOfRange(32, 64).reversedArray()) + order
        val forged = signature.copyOf(32) + s.toByteArray().reversedArray().copyOf(32)
        assertFalse(verifyEd25519(key.public, ByteArray(3), forged))
        assertFalse(verifyEd25519(key.public, ByteArray(3), signature.copyOf(63)))
        assertFalse(verifyEd25519(key.public.copyOf(31), ByteArray(3), signature))
        assertFalse(SystemVerify.ed25519(ByteArray(0), ByteArray(3), signature))
    }
}
