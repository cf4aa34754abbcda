package dev.tideline.table

import kotlin.math.abs
import kotlin.math.ceil
import kotlin.math.exp
import kotlin.math.floor
import kotlin.math.ln
import kotlin.math.sqrt
import kotlin.math.tanh

/** A function of one number in double precision. */
internal fun interface Activation {
    fun of(x: Double): Double

    companion object {
        /** How many there are. */
        const val KINDS: Int = 13

        /** The function of a kind, with its parameters. */
        fun of(kind: Int, p: Float, q: Float): Activation {
            val low = p.toDouble()
            val high = q.toDouble()
            return when (kind) {
                0 -> Activation { it }
                1 -> Activation { -it }
                2 -> Activation { abs(it) }
                3 -> Activation { sqrt(it) }
                4 -> Activation { exp(it) }
                5 -> Activation { ln(it) }
                6 -> Activation { if (it < 0) 0.0 else it }
                7 -> Activation { if (it < 0) low * it else it }
                8 -> Activation { 1 / (1 + exp(-it)) }
                9 -> Activation { tanh(it) }
                10 -> Activation {
                    val above = if (it < low) low else it
                    if (above > high) high else above
                }
                11 -> Activation { if (it < 0) ceil(it) else floor(it) }
                12 -> Activation { if (it == 0.0) 0.0 else 1.0 }
                else -> throw malformed("activation $kind")
            }
        }
    }
}
