package dev.tideline

/**
 * What runs a release's model: the built-in [TableRuntime], or an app's adapter of LiteRT or ONNX Runtime. A phone may
 * have several; each takes the variants of its own format.
 */
public interface ModelRuntime {
    /** The format of variant that it takes: `table`, `onnx`, `litert`. */
    public val name: String

    /** How it computes. */
    public val tier: Tier

    /** Version of the native library, or of the interpreter; reported. */
    public val version: String

    /** Highest opset (`onnx`) or format version (the others) that it runs. */
    public val level: Int

    /**
     * Loads a model whose tensors have these names.
     *
     * @throws Exception of any kind where the platform cannot run the model
     */
    public fun load(bytes: ByteArray, input: String, output: String): LoadedModel

    /** How a runtime computes. */
    public enum class Tier {
        /** GPU or neural engine. */
        ACCELERATOR,

        /** A native library. */
        CPU,

        /** No native code. */
        PORTABLE,
    }
}

/** A model in memory. */
public interface LoadedModel {
    /** Output for one window, row-major `[1, size, channels]` as [dims] says; never called twice at a time. */
    public fun run(window: FloatArray, dims: IntArray): FloatArray

    /** Frees the model; no run follows. */
    public fun release()
}
