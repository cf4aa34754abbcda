package dev.tideline

import dev.tideline.table.TableModel

/** The built-in runtime: runs the compact model table in plain Kotlin, on every JVM and Android. */
public object TableRuntime : ModelRuntime {
    override val name: String get() = "table"

    override val tier: ModelRuntime.Tier get() = ModelRuntime.Tier.PORTABLE

    override val version: String get() = SDK_VERSION

    override val level: Int get() = 1

    override fun load(bytes: ByteArray, input: String, output: String): LoadedModel {
        val model = TableModel.load(bytes)
        val answer = model.outputs.indexOfFirst { it.name == output }
        if (model.input.name != input || answer < 0) {
            val ends = "${model.input.name} to ${model.outputs.joinToString { it.name }}"
            throw fault(ErrorCode.RUNTIME_UNSUPPORTED, "model table", expected = "$input to $output", received = ends)
        }
        return object : LoadedModel {
            override fun run(window: FloatArray, dims: IntArray): FloatArray = model.run(window, answer)

            override fun release() = Unit
        }
    }
}
