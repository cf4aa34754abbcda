package dev.tideline

/**
 * A signed release in the app's own package: used from the first start on, without a network, until a newer one is
 * verified. An older one than was ever accepted is passed over.
 *
 * @property envelope JSON of the signed manifest
 * @property artifacts gives the artifacts that it names by their lower-case hexadecimal SHA-256; null for any other
 */
public class BundledRelease(public val envelope: ByteArray, public val artifacts: (String) -> ByteArray?)
