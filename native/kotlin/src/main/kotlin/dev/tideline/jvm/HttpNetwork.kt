package dev.tideline.jvm

import dev.tideline.Network
import dev.tideline.NetworkRequest
import dev.tideline.NetworkResponse
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URL

/**
 * [Network] by `HttpURLConnection`, on the JVM and on Android. Follows no redirect, which would hand the write key to
 * another origin. The time of a request is checked between reads, each of which may take as long itself.
 */
public object HttpNetwork : Network {
    override fun request(request: NetworkRequest): NetworkResponse {
        val deadline = System.nanoTime() + request.timeoutMs * 1_000_000L
        @Suppress("DEPRECATION") // Its replacement came with Java 20.
        val connection = URL(request.url).openConnection() as? HttpURLConnection
            ?: throw IOException("no HTTP address: ${request.url}")
        try {
            connection.requestMethod = request.method
            connection.connectTimeout = request.timeoutMs
            connection.readTimeout = request.timeoutMs
            connection.instanceFollowRedirects = false
            connection.useCaches = false
            for ((name, value) in request.headers) connection.setRequestProperty(name, value)
            request.body?.let { body ->
                connection.doOutput = true
                connection.setFixedLengthStreamingMode(body.size)
                connection.outputStream.use { it.write(body) }
            }
            val status = connection.responseCode
            val stream = if (status < 400) connection.inputStream else connection.errorStream
            val body = stream?.use { read(it, request.maxBytes, deadline) } ?: ByteArray(0)
            // Some platforms take the end of a broken connection for the end of the answer.
            val length = connection.getHeaderField("content-length")?.toLongOrNull()
            if (stream != null && length != null && body.size < length) {
                throw IOException("${body.size} of $length bytes of an answer")
            }
            return NetworkResponse(status, headersOf(connection), body)
        } catch (failure: RuntimeException) {
            // A malformed address or answer, as some platforms report it.
            throw IOException(failure)
        } finally {
            connection.disconnect()
        }
    }

    private fun headersOf(connection: HttpURLConnection): Map<String, String> {
        val headers = HashMap<String, String>()
        for ((name, values) in connection.headerFields) {
            if (name != null && values.isNotEmpty()) headers[name.lowercase()] = values.last()
        }
        return headers
    }

    private fun read(stream: InputStream, maxBytes: Int, deadline: Long): ByteArray {
        val bytes = ByteArrayOutputStream()
        val buffer = ByteArray(16 * 1024)
        while (true) {
            val count = stream.read(buffer)
            if (count < 0) return bytes.toByteArray()
            bytes.write(buffer, 0, count)
            if (bytes.size() > maxBytes) throw IOException("an answer of more than $maxBytes bytes")
            if (System.nanoTime() > deadline) throw IOException("no whole answer in time")
        }
    }
}
