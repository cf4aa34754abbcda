package dev.tideline

import dev.tideline.definition.AppDefinition
import dev.tideline.release.RootMetadata

/**
 * How a client is opened.
 *
 * @property app the app's definition
 * @property ports the platform
 * @property collect base URL of the ingest server, without a slash at the end
 * @property console base URL of the console: releases, artifacts, prediction endpoint, rights of a person
 * @property writeKey key that may write events
 * @property root root of trust, pinned in the app
 * @property user the app's id of the person, or null before there is one
 * @property region whose server alone may store what is sent; letters, digits and hyphens. Null: the server of [collect]
 * @property budget what the client may spend in a day; null: no bound
 * @property bundled signed releases of the app's own package
 * @property cloud whether the endpoint may be asked where the phone cannot answer and the person consented to it;
 * without it no window leaves the phone, ever
 */
public class ClientOptions(
    public val app: AppDefinition,
    public val ports: Ports,
    public val collect: String,
    public val console: String,
    public val writeKey: String,
    public val root: RootMetadata,
    public val user: String? = null,
    public val channel: String = "stable",
    public val environment: Environment = Environment.PRODUCTION,
    public val limits: ClientLimits = ClientLimits(),
    public val bundled: List<BundledRelease> = emptyList(),
    public val cloud: Boolean = false,
    public val restrict: Restriction = Restriction(),
    public val region: String? = null,
    public val budget: BudgetLimits? = null,
)
