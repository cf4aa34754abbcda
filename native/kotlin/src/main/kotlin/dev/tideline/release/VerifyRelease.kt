package dev.tideline.release

import dev.tideline.Environment
import dev.tideline.ErrorCode
import dev.tideline.Verify
import dev.tideline.fault

/** What a phone has, held against a release's requirements; [runtimes] has the highest level by name. */
internal class Capabilities(val sdk: String, val schema: Map<String, Int>, val runtimes: Map<String, Int>)

/**
 * What a phone knows when a manifest comes.
 *
 * @property acceptedVersion highest version that this phone has ever accepted on the channel; 0 before the first
 */
internal class ReleaseContext(
    val root: RootMetadata,
    val app: String,
    val channel: String,
    val now: Long,
    val acceptedVersion: Long,
    val environment: Environment,
    val capabilities: Capabilities,
)

/** Compares `major.minor.patch`; null where a part is no number. */
internal fun compareVersions(left: String, right: String): Int? {
    val (a, b) = listOf(left, right).map { version -> version.split(".").map { it.toIntOrNull() ?: return null } }
    for (index in 0 until 3) {
        val difference = (a.getOrElse(index) { 0 }).compareTo(b.getOrElse(index) { 0 })
        if (difference != 0) return difference
    }
    return 0
}

/**
 * The release of an envelope, if this phone may take it; throws otherwise, and then the phone keeps what it has.
 * Refuses a bad signature, a development key in production, another app or channel, an expired manifest (freeze), an
 * older version than was once accepted (rollback), and requirements that the phone does not meet. A release that
 * switches a model off asks for nothing: it must reach the phones that could not run it.
 */
internal fun verifyRelease(envelope: Envelope, context: ReleaseContext, verify: Verify): ReleaseMetadata {
    val root = context.root
    fun refuse(code: ErrorCode, who: String, expected: String, received: String, remedy: String? = null): Nothing =
        throw fault(code, who, expected = expected, received = received, remedy = remedy)
    if (root.development && context.environment == Environment.PRODUCTION) {
        val remedy = "Make a production root and pin it in the app."
        refuse(ErrorCode.RELEASE_DEVELOPMENT_KEY, "release", "a production root key", "a development root key", remedy)
    }
    if (root.expires <= context.now) {
        refuse(ErrorCode.RELEASE_EXPIRED, "root", "a root that is still valid", "one that expired at ${root.expires}")
    }
    val release = ReleaseMetadata.read(envelope.open(RELEASE_TYPE, root.release, root.keys, verify))
    if (release.app != context.app || release.channel != context.channel) {
        val received = "${release.app}/${release.channel}"
        refuse(ErrorCode.RELEASE_MALFORMED, "release", "${context.app}/${context.channel}", received)
    }
    if (release.version < context.acceptedVersion) {
        val expected = "version ${context.acceptedVersion} or higher"
        refuse(ErrorCode.RELEASE_ROLLBACK, "release", expected, release.version.toString())
    }
    if (release.expires <= context.now) {
        val remedy = "The last good model stays in use."
        refuse(ErrorCode.RELEASE_EXPIRED, "release", "a manifest that is still valid", "one that expired", remedy)
    }
    if (!release.kill) checkRequirements(release, context.capabilities)
    return release
}

private fun checkRequirements(release: ReleaseMetadata, has: Capabilities) {
    val requires = release.requires
    fun refuse(expected: String, received: String): Nothing = throw fault(
        ErrorCode.RELEASE_REQUIRES,
        "release ${release.version}",
        expected = expected,
        received = received,
        remedy = "Update the app.",
    )
    // A version that cannot be compared is not met.
    if ((compareVersions(has.sdk, requires.sdk) ?: -1) < 0) refuse("SDK ${requires.sdk} or newer", has.sdk)
    for ((event, version) in requires.schema) {
        if (has.schema[event]?.toDouble() != version) refuse("event \"$event\" version $version", "${has.schema[event]}")
    }
    if (requires.runtimes.none { (has.runtimes[it] ?: 0) >= requires.levelOf(it) }) {
        refuse(requires.runtimes.joinToString(" or ") { "$it ${requires.levelOf(it)}" }, "${has.runtimes}")
    }
}
