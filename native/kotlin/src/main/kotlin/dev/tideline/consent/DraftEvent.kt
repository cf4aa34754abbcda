package dev.tideline.consent

import dev.tideline.ErrorCode
import dev.tideline.Person
import dev.tideline.TidelineException
import dev.tideline.definition.AppDefinition
import dev.tideline.definition.FieldType
import dev.tideline.fault
import dev.tideline.queue.Draft
import dev.tideline.wire.Frame
import dev.tideline.wire.encodeFrame
import java.io.ByteArrayOutputStream

/** What `track` was called with. */
internal class TrackCall(
    val event: String,
    val properties: Map<String, Any?>,
    val time: Long,
    val person: Person.Told,
    val consent: List<String>,
)

/**
 * The draft of a call, checked as the server will check it, without fields whose own purpose is not granted; null
 * where the person has not consented to the event's purpose. `withheld` hears of each field that is left out.
 *
 * @throws TidelineException the code with which the server would quarantine it, or `EVENT_TOO_LARGE`
 */
internal fun draftEvent(app: AppDefinition, call: TrackCall, maxBytes: Int, withheld: () -> Unit): Draft? {
    val who = "track \"${call.event}\""
    fun refuse(code: ErrorCode, field: String, received: String): Nothing = throw fault(code, who, field, received = received)
    val event = app.events[call.event] ?: refuse(ErrorCode.EVENT_UNKNOWN, "name", "an event that is not declared")
    if (event.purpose !in call.consent) return null
    if (call.time < 0) refuse(ErrorCode.TIME_INVALID, "time", call.time.toString())
    val ids = mapOf("user" to call.person.user, "previous_user" to call.person.previous)
    for ((member, id) in ids) {
        if (id != null && id.length !in 1..MOST_USER) refuse(ErrorCode.FIELD_INVALID, member, "${id.length} characters")
    }
    for ((field, value) in call.properties) {
        if (value != null && field !in event.fields) refuse(ErrorCode.FIELD_UNKNOWN, field, "a field that is not declared")
    }
    val properties = LinkedHashMap<String, Any?>()
    val purposes = LinkedHashMap<String, String>()
    val attachment = ByteArrayOutputStream()
    for ((field, type) in event.fields) {
        val value = call.properties[field]
        val isWithheld = type.purpose != null && type.purpose !in call.consent
        if (value == null && !type.optional && !isWithheld) refuse(ErrorCode.FIELD_MISSING, field, "nothing")
        if (value == null) continue
        if (isWithheld) {
            withheld()
            continue
        }
        type.fault(value)?.let { refuse(ErrorCode.FIELD_INVALID, field, it) }
        type.purpose?.let { purposes[field] = it }
        properties[field] = pack(type, value, attachment)
        if (attachment.size() > maxBytes) {
            refuse(ErrorCode.EVENT_TOO_LARGE, field, "${attachment.size()} bytes of samples, above $maxBytes")
        }
    }
    val wire = linkedMapOf<String, Any?>(
        "name" to event.name,
        "version" to event.version,
        "time" to call.time,
        "user" to call.person.user,
    )
    call.person.previous?.let { wire["previous_user"] = it }
    wire["consent"] = call.consent
    wire["properties"] = properties
    return Draft(wire, event.purpose, purposes, attachment.toByteArray())
}

/** UTF-16 units that a user id may have. */
private const val MOST_USER = 256

private fun pack(type: FieldType, value: Any, attachment: ByteArrayOutputStream): Any = when {
    value is Frame -> {
        val packed = encodeFrame(value, attachment.size())
        attachment.write(packed.bytes)
        packed.reference
    }
    // A copy: what the caller changes later must not change what is recorded.
    type is FieldType.Vector -> when (value) {
        is FloatArray -> value.map { it.toDouble() }
        is DoubleArray -> value.toList()
        else -> (value as List<*>).toList()
    }
    value is Map<*, *> -> value.toMap()
    else -> value
}
