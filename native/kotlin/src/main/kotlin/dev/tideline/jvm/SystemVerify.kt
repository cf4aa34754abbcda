package dev.tideline.jvm

import dev.tideline.Verify
import dev.tideline.crypto.verifyEd25519
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.NoSuchAlgorithmException
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

/**
 * [Verify] of the platform (Java 15 and later, Android with a Conscrypt that has it), else in plain Kotlin: slower, and
 * asked only when a manifest comes.
 */
public object SystemVerify : Verify {
    /** DER before the 32 raw bytes of an Ed25519 key (RFC 8410). */
    private val DER = byteArrayOf(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

    private val keys: KeyFactory? = try {
        Signature.getInstance("Ed25519")
        KeyFactory.getInstance("Ed25519")
    } catch (_: NoSuchAlgorithmException) {
        null
    }

    override fun ed25519(publicKey: ByteArray, message: ByteArray, signature: ByteArray): Boolean {
        if (publicKey.size != 32 || signature.size != 64) return false
        val factory = keys ?: return verifyEd25519(publicKey, message, signature)
        return try {
            val verifier = Signature.getInstance("Ed25519")
            verifier.initVerify(factory.generatePublic(X509EncodedKeySpec(DER + publicKey)))
            verifier.update(message)
            verifier.verify(signature)
        } catch (_: GeneralSecurityException) {
            // A key or signature that is none.
            false
        }
    }
}
