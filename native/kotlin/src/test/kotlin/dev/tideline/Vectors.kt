package dev.tideline

import dev.tideline.json.JsonReader
import java.io.File

/** The repository's golden files; Maven passes the folder. */
object Vectors {
    val folder: File = File(System.getProperty("vectors") ?: "../../vectors")

    fun bytes(path: String): ByteArray = File(folder, path).readBytes()

    fun json(path: String): Any? = JsonReader.read(bytes(path))

    /** Files of a folder with an ending, by name; none where there is no such folder. */
    fun files(path: String, ending: String): List<File> =
        File(folder, path).listFiles { file -> file.name.endsWith(ending) }.orEmpty().sortedBy { it.name }
}

/** A member of parsed JSON, by keys and indices. */
fun Any?.at(vararg path: Any): Any? = path.fold(this) { value, step ->
    if (step is Int) (value as List<*>)[step] else (value as Map<*, *>)[step]
}

/** Whole numbers of parsed JSON. */
fun Any?.long(): Long = (this as Double).toLong()
