package dev.tideline.jvm

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.tideline.NetworkRequest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetSocketAddress
import java.util.concurrent.Executors

class HttpNetworkTest {
    private var handle: (HttpExchange) -> Unit = {}
    private val threads = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
        executor = threads
        createContext("/") { exchange -> exchange.use { handle(it) } }
        start()
    }
    private val address = "http://127.0.0.1:${server.address.port}"

    @AfterEach
    fun stop() {
        server.stop(0)
        threads.shutdownNow()
    }

    private fun HttpExchange.use(work: (HttpExchange) -> Unit) = try {
        work(this)
    } catch (_: IOException) {
        // The client went away, as some of these tests have it.
    } finally {
        close()
    }

    private fun send(body: ByteArray? = null, timeoutMs: Int = 5000, maxBytes: Int = 100) = HttpNetwork.request(
        NetworkRequest(if (body == null) "GET" else "POST", "$address/x", mapOf("x-a" to "b"), body, timeoutMs, maxBytes),
    )

    @Test
    fun `sends bodies and headers, and reads answers of any status`() {
        for (status in listOf(200, 202, 400, 401, 404, 413, 429, 500, 503)) {
            handle = { exchange ->
                val body = exchange.requestBody.readBytes() + exchange.requestHeaders.getFirst("x-a").toByteArray()
                exchange.responseHeaders.add("Retry-After", "7")
                exchange.sendResponseHeaders(status, body.size.toLong())
                exchange.responseBody.write(body)
            }
            val response = send("body".toByteArray())
            assertEquals(status, response.status)
            assertEquals("7", response.headers["retry-after"])
            // A streamed request that is refused for its key has no body to read on every platform.
            if (status != 401) assertArrayEquals("bodyb".toByteArray(), response.body)
        }
        handle = { it.sendResponseHeaders(204, -1) }
        assertEquals(0, send().body.size)
    }

    @Test
    fun `follows no redirect`() {
        handle = { exchange ->
            exchange.responseHeaders.add("Location", "$address/elsewhere")
            exchange.sendResponseHeaders(if (exchange.requestURI.path == "/x") 302 else 200, -1)
        }
        assertEquals(302, send().status)
    }

    @Test
    fun `stops reading an endless answer`() {
        handle = { exchange ->
            exchange.sendResponseHeaders(200, 0)
            while (true) exchange.responseBody.write(ByteArray(1000))
        }
        assertThrows(IOException::class.java) { send(maxBytes = 5000) }
    }

    @Test
    fun `gives up on an answer that drips, one that never comes, and one that breaks off`() {
        handle = { exchange ->
            exchange.sendResponseHeaders(200, 0)
            repeat(100) {
                exchange.responseBody.write(1)
                exchange.responseBody.flush()
                Thread.sleep(50)
            }
        }
        assertThrows(IOException::class.java) { send(timeoutMs = 300) }
        handle = { Thread.sleep(3000) }
        assertThrows(IOException::class.java) { send(timeoutMs = 200) }
        handle = { exchange ->
            exchange.sendResponseHeaders(200, 50)
            exchange.responseBody.write(ByteArray(10))
            exchange.responseBody.flush()
        }
        assertThrows(IOException::class.java) { send(timeoutMs = 500) }
    }

    @Test
    fun `addresses that are none fail as a network does`() {
        for (url in listOf("http://127.0.0.1:1/x", "nonsense", "file:///etc/hosts", "http://[bad/", "http://")) {
            assertThrows(IOException::class.java, { HttpNetwork.request(NetworkRequest("GET", url, emptyMap(), null, 500, 10)) }, url)
        }
    }
}
