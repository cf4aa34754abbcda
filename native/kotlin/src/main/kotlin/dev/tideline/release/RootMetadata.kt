package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.Verify
import dev.tideline.fault
import dev.tideline.fromBase64
import dev.tideline.json.JsonObject

/** Which keys speak for a role, and how many of them must. */
internal class Role(val keys: List<String>, val threshold: Int) {
    internal companion object {
        fun read(role: JsonObject): Role = Role(role.texts("keys"), role.count("threshold"))
    }
}

/**
 * The root of trust, pinned in the app and replaced only by a root that the old one signed (as in TUF, section 5.3).
 *
 * @property version counts up with every rotation
 * @property expires milliseconds since 1970
 * @property development true for keys that were made for development: a production device refuses them
 */
public class RootMetadata private constructor(
    public val version: Long,
    public val expires: Long,
    public val development: Boolean,
    internal val keys: Map<String, ByteArray>,
    internal val root: Role,
    internal val release: Role,
) {
    /** Reads and follows roots. */
    public companion object {
        /**
         * The root that an app pins, from its JSON: the metadata itself, as `tideline keys` prints it.
         *
         * @throws dev.tideline.TidelineException `RELEASE_MALFORMED`
         */
        @JvmStatic
        public fun parse(json: ByteArray): RootMetadata =
            read(JsonObject.parse(json, "root", ErrorCode.RELEASE_MALFORMED))

        internal fun read(root: JsonObject): RootMetadata {
            if (root.text("type") != "root" || root.whole("format") != 1L) throw malformed("a root of format 1", "another")
            val keys = root.named("keys").filterValues { it.text("scheme") == "ed25519" }.mapValues { (id, key) ->
                fromBase64(key.text("public")) ?: throw malformed("key $id in base64", "other text")
            }
            val roles = root.child("roles")
            return RootMetadata(
                root.whole("version"),
                root.whole("expires"),
                root.flag("development"),
                keys,
                Role.read(roles.child("root")),
                Role.read(roles.child("release")),
            )
        }

        /**
         * Follows rotations: each new root must be signed by the root before it and by itself, with the next version.
         * Returns the newest root; roots that are already behind the trusted one are passed over.
         *
         * @throws dev.tideline.TidelineException `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`
         */
        internal fun follow(trusted: RootMetadata, chain: List<Envelope>, verify: Verify): RootMetadata {
            var current = trusted
            for (envelope in chain) {
                val version = envelope.unverified()?.get("version") as? Double
                    ?: throw malformed("a root with a version", "other content")
                if (version <= current.version) continue
                val next = read(envelope.open(ROOT_TYPE, current.root, current.keys, verify))
                if (next.version != current.version + 1) {
                    throw malformed("root version ${current.version + 1}", next.version.toString())
                }
                envelope.open(ROOT_TYPE, next.root, next.keys, verify)
                current = next
            }
            return current
        }

        private fun malformed(expected: String, received: String) =
            fault(ErrorCode.RELEASE_MALFORMED, "root", expected = expected, received = received)
    }
}
