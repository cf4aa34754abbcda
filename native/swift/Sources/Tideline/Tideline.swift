// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import CTideline
import Foundation

/// Identity of a recorded event.
public struct EventID: Sendable, Hashable {
  public let install: String
  public let epoch: UInt64
  public let seq: UInt64
}

/// What became of a call of `flush`.
public struct FlushOutcome: Sendable {
  public let acknowledged: UInt64
  public let pending: UInt64
  /// Why it ended before all was sent; nil when nothing waits.
  public let stopped: String?
}

/// A client on one phone. The actor is the serial queue that the core wants in front of it.
///
///     let tideline = try Tideline(.init(folder: folder, definition: json, collect: url, writeKey: key))
///     try await tideline.setConsent(["analytics"])
///     try await tideline.track("tap", ["target": .text("start"), "screen": .text("home")])
///     _ = await tideline.flush()
public actor Tideline {
  public struct Options: Sendable {
    /// A folder of the app's own; the client excludes it from backups.
    public var folder: URL
    /// The app's definition as JSON, shipped as a resource.
    public var definition: Data
    /// Base URL of the ingest server, without a slash at the end.
    public var collect: String
    public var writeKey: String
    /// The app's id of the person, or nil before there is one.
    public var user: String?

    public init(folder: URL, definition: Data, collect: String, writeKey: String, user: String? = nil) {
      self.folder = folder
      self.definition = definition
      self.collect = collect
      self.writeKey = writeKey
      self.user = user
    }
  }

  private let definition: OpaquePointer
  private let client: OpaquePointer
  private let session: URLSession
  private var flushing: Task<FlushOutcome, Never>?

  /// - Throws: `DATA_MALFORMED`, `FOLDER_OWNED`, `STORAGE_FAILED`, `UNAVAILABLE` while the keychain is locked
  public init(_ options: Options) throws {
    var fault = tl_fault()
    var definition: OpaquePointer?
    let read = options.definition.withUnsafeBytes {
      tl_definition_read(&definition, $0.bindMemory(to: UInt8.self).baseAddress, $0.count, &fault)
    }
    guard read == TL_OK, let definition else { throw TidelineError(read, fault) }
    do {
      client = try Self.open(options, definition)
    } catch {
      tl_definition_free(definition)
      throw error
    }
    self.definition = definition
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpShouldSetCookies = false
    session = URLSession(configuration: configuration, delegate: RefuseRedirects(), delegateQueue: nil)
  }

  deinit {
    tl_client_close(client)
    tl_definition_free(definition)
  }

  private static func open(_ options: Options, _ definition: OpaquePointer) throws -> OpaquePointer {
    let isNew = !FileManager.default.fileExists(atPath: options.folder.appendingPathComponent("identity.tls").path)
    guard let mark = Platform.secret("instance", length: 16), let secret = Platform.secret("secret", length: 32, fresh: isNew) else {
      throw TidelineError(TL_UNAVAILABLE)
    }
    var folder = options.folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var values = URLResourceValues()
    values.isExcludedFromBackup = true
    try folder.setResourceValues(values)
    let instance = mark.map { String(format: "%02x", $0) }.joined()
    var fault = tl_fault()
    var client: OpaquePointer?
    var status = TL_OK
    folder.path.withCString { path in
      instance.withCString { instance in
        options.collect.withCString { collect in
          options.writeKey.withCString { key in
            secret.withUnsafeBufferPointer { secret in
              var core = tl_client_options()
              core.folder = path
              core.instance = instance
              core.app = tl_definition_app(definition)
              core.collect = collect
              core.write_key = key
              core.secret = secret.baseAddress
              core.ports = Platform.ports()
              status = tl_client_open(&client, &core, &fault)
            }
          }
        }
      }
    }
    guard status == TL_OK, let client else { throw TidelineError(status, fault) }
    if let user = options.user, tl_client_set_user(client, user, &fault) != TL_OK {
      tl_client_close(client)
      throw TidelineError(TL_ARGUMENT_INVALID, fault)
    }
    return client
  }

  /// Sets the purposes that the person consents to, all of them; waiting events of withdrawn ones are removed.
  public func setConsent(_ purposes: [String]) throws {
    var fault = tl_fault()
    let owned = purposes.map { strdup($0) }
    defer { owned.forEach { free($0) } }
    let names = owned.map { UnsafePointer<CChar>($0) }
    let status = names.withUnsafeBufferPointer { list -> tl_status in
      tl_client_set_consent(client, list.baseAddress, list.count, &fault)
    }
    guard status == TL_OK else { throw TidelineError(status, fault) }
  }

  /// Sets the app's id of the person for events from now on.
  public func setUser(_ user: String?) throws {
    var fault = tl_fault()
    let status = tl_client_set_user(client, user, &fault)
    guard status == TL_OK else { throw TidelineError(status, fault) }
  }

  /// Records an event; when it returns the event survives the loss of power. Nil where the person has not consented.
  @discardableResult
  public func track(_ name: String, _ properties: [String: Value], time: Date? = nil) throws -> EventID? {
    var fault = tl_fault()
    guard let type = tl_app_event(tl_definition_app(definition), name) else {
      throw TidelineError(TL_ARGUMENT_INVALID)
    }
    guard let list = tl_property_list_new() else { throw TidelineError(TL_OUT_OF_MEMORY) }
    defer { tl_property_list_free(list) }
    for (name, value) in properties { value.add(to: list, name: name) }
    guard tl_property_list_status(list) == TL_OK else { throw TidelineError(TL_OUT_OF_MEMORY) }
    var id = tl_event_id()
    let items = tl_property_list_items(list)
    let count = tl_property_list_count(list)
    // -1 is TL_NOW, which Swift does not import.
    let status = tl_client_track(client, type, items, count, time?.milliseconds ?? -1, &id, &fault)
    if status == TL_CONSENT_MISSING { return nil }
    guard status == TL_OK else { throw TidelineError(status, fault) }
    let install = withUnsafePointer(to: &id.source.install) {
      $0.withMemoryRebound(to: CChar.self, capacity: 33) { String(cString: $0) }
    }
    return EventID(install: install, epoch: id.source.epoch, seq: id.seq)
  }

  /// Answers a window `[size, channels]`: by the model where there is one and the person agreed, else by the rule.
  public func predict(
    _ window: [Float], model name: String, using model: Model?, definitionHash: String, session: String, start: Int64
  ) throws -> Prediction {
    var declared = tl_model()
    var shape = tl_window()
    guard tl_definition_model(definition, name, &declared, &shape) else { throw TidelineError(TL_ARGUMENT_INVALID) }
    var found = tl_prediction()
    var probabilities = [Float](repeating: 0, count: declared.label_count)
    let release = model?.release ?? "none"
    var status = TL_OK
    definitionHash.withCString { hash in
      release.withCString { release in
        session.withCString { session in
          declared.definition = hash
          declared.table = model?.table
          declared.release = release
          var place = tl_place(session: session, start: start, time: -1)
          status = tl_client_predict(client, &declared, window, window.count, &place, &found, &probabilities)
        }
      }
    }
    guard status == TL_OK else { throw TidelineError(status) }
    let id = withUnsafePointer(to: &found.id) {
      $0.withMemoryRebound(to: CChar.self, capacity: 96) { String(cString: $0) }
    }
    let reason = found.reason.map { String(cString: $0) }
    return Prediction(
      id: id, label: String(cString: found.label), source: String(cString: found.source), reason: reason,
      probabilities: reason == nil ? probabilities : [])
  }

  /// Sends what waits, with pauses and new attempts. Calls made while one runs share it. Events may be recorded meanwhile.
  public func flush() async -> FlushOutcome {
    if let flushing { return await flushing.value }
    let task = Task { await drain() }
    flushing = task
    let outcome = await task.value
    flushing = nil
    return outcome
  }

  private func drain() async -> FlushOutcome {
    let upload = tl_client_upload(client)
    tl_upload_begin(upload)
    while true {
      var request = tl_request()
      var pause: UInt32 = 0
      let step = tl_upload_next(upload, &request, &pause)
      if step == TL_STEP_WAIT {
        try? await Task.sleep(nanoseconds: UInt64(pause) * 1_000_000)
      } else if step == TL_STEP_SEND {
        let answer = await session.answer(to: Outgoing(request))
        answer.body.withUnsafeBytes { body in
          var response = tl_response()
          response.status = Int32(answer.status)
          response.body = body.bindMemory(to: UInt8.self).baseAddress
          response.body_length = body.count
          response.retry_after = tl_retry_after(answer.retryAfter, answer.date)
          tl_upload_answer(upload, &response)
        }
      } else {
        let outcome = tl_upload_outcome(upload)
        let stopped = outcome.stopped == TL_OK ? nil : String(cString: tl_error_name(outcome.stopped))
        return FlushOutcome(acknowledged: outcome.acknowledged, pending: outcome.pending, stopped: stopped)
      }
    }
  }
}
