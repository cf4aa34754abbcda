package dev.tideline

/**
 * What holds for a person whatever they, or somebody for them, agreed to.
 *
 * @property optOut an opt-out signal (a setting of the system): only purposes that the app declares essential count
 * @property minor a minor: no lasting id (events carry no user and every start is a new install) and no training (no
 * purpose of a model counts, so that the rule answers)
 */
public class Restriction(public val optOut: Boolean = false, public val minor: Boolean = false)
