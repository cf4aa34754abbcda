package dev.tideline.subject

import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.Tally
import dev.tideline.TidelineException
import dev.tideline.hex
import dev.tideline.json.JsonObject
import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import dev.tideline.json.jsonBytes
import dev.tideline.json.jsonText
import dev.tideline.queue.Owner
import dev.tideline.release.Envelope
import dev.tideline.release.Trust
import dev.tideline.subject.SubjectRequest.State

/** Media type of the receipt of an erasure. */
private const val RECEIPT_TYPE = "application/vnd.tideline.receipt+json"

/** Name in the secure storage; secrets belong nowhere else. */
private const val NAME = "subject-requests"

/** Finished requests that are remembered; one takes 230 bytes. */
private const val FINISHED = 4

/** Requests of the person, remembered until they are done. */
internal class Subject(
    private val ports: Ports,
    private val tally: Tally,
    private val trust: Trust,
    private val endpoint: SubjectEndpoint,
) {
    private var kept: List<KeptRequest> = read()

    private fun read(): List<KeptRequest> {
        val list = try {
            ports.secure.read(NAME)?.let { JsonReader.read(it) } as? List<*> ?: return emptyList()
        } catch (_: JsonSyntaxException) {
            return emptyList()
        }
        return list.map { item ->
            val one = JsonObject.of(item, NAME, ErrorCode.STORAGE_FAILED)
            val kind = SubjectRequest.Kind.values().first { it.name.lowercase() == one.text("kind") }
            val state = stateOf(one.text("state")) ?: State.PENDING
            val request = SubjectRequest(kind, one.text("install"), one.members["request"] as? String, state)
            KeptRequest(request, one.text("secret"), one.members["known"] != false)
        }
    }

    private fun stateOf(name: String?): State? = State.values().find { it.name.lowercase() == name }

    private fun save(next: List<KeptRequest>) {
        val finished = next.filter { it.public.isFinished }.dropLast(FINISHED).toSet()
        kept = next.filter { it !in finished }
        val plain = kept.map { one ->
            one.public.run {
                mapOf(
                    "kind" to kind.name.lowercase(),
                    "install" to install,
                    "request" to request,
                    "state" to state.name.lowercase(),
                    "secret" to one.secret,
                    "known" to one.known,
                )
            }
        }
        ports.secure.write(NAME, jsonBytes(plain))
    }

    private fun keptOf(kind: SubjectRequest.Kind, install: String): KeptRequest? =
        kept.find { it.public.kind == kind && it.public.install == install }

    /** Those that are not done yet, and the last ones that are. */
    @Synchronized
    fun requests(): List<SubjectRequest> = kept.map { it.public }

    /** Whether the data of an install is to be erased, here too. */
    @Synchronized
    fun isErased(install: String): Boolean = keptOf(SubjectRequest.Kind.ERASE, install) != null

    /**
     * Remembers a request for each owner, all of them or none; an unfinished one of the same kind and install is gone on
     * with. Returns the first owner's. `known` says whether the server took anything of an install.
     */
    @Synchronized
    fun begin(kind: SubjectRequest.Kind, owners: List<Owner>, known: (String) -> Boolean = { true }): SubjectRequest {
        val begun = owners.map { owner ->
            val request = SubjectRequest(kind, owner.install, null, State.PENDING)
            keptOf(kind, owner.install)?.takeUnless { it.public.isFinished }
                ?: KeptRequest(request, hex(owner.secret), known(owner.install))
        }
        val installs = owners.map { it.install }
        if (begun.any { it !in kept }) save(kept.filter { it.public.run { this.kind != kind || install !in installs } } + begun)
        return begun.first().public
    }

    private fun advanced(one: KeptRequest): KeptRequest {
        val request = one.public
        val next = try {
            val answer = endpoint.consult(one)
            val said = stateOf(answer.members["state"] as? String) ?: request.state
            // What never came to the server is gone with the phone's own files.
            val isNothing = said == State.FAILED && request.kind == SubjectRequest.Kind.ERASE && !one.known
            val state = if (isNothing) State.DONE else said
            SubjectRequest(request.kind, request.install, answer.members["request"] as? String ?: request.request, state)
        } catch (error: TidelineException) {
            val code = tally.report("subject", error)
            if (code != ErrorCode.NOT_FOUND && code != ErrorCode.FORBIDDEN) return one
            SubjectRequest(request.kind, request.install, request.request, State.FAILED)
        }
        return KeptRequest(next, one.secret, one.known)
    }

    /** Tells the server what it does not know yet and asks how the others stand. Never throws for the network. */
    @Synchronized
    fun advance() {
        for (one in kept.filter { !it.public.isFinished }) {
            val next = advanced(one)
            if (next !== one) save(kept.map { if (it === one) next else it })
        }
    }

    /** How a request stands now. */
    @Synchronized
    fun now(of: SubjectRequest): SubjectRequest = keptOf(of.kind, of.install)?.public ?: of

    /** The signed proof of a finished erasure, its signature checked; null where there is none. */
    @Synchronized
    fun receipt(of: SubjectRequest): String? {
        val receipt = endpoint.consult(keptOf(of.kind, of.install) ?: return null).members["receipt"] ?: return null
        val envelope = Envelope.read(receipt)
        val root = trust.root
        envelope.open(RECEIPT_TYPE, root.release, root.keys, ports.verify)
        return jsonText(envelope.plain)
    }

    /** What an export that is done holds: newline-delimited JSON. */
    @Synchronized
    fun download(of: SubjectRequest, maxBytes: Int): ByteArray? =
        keptOf(of.kind, of.install)?.let { endpoint.download(it, maxBytes) }
}
