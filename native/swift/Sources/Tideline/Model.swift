// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import CTideline
import Foundation

/// A model table in memory that passed its release's self-test; one thread at a time uses it.
public final class Model {
  let table: OpaquePointer
  let release: String

  /// Reads a table, and holds it against the vectors of its release before anything of a person meets it.
  /// - Throws: `MODEL_MALFORMED`, `RUNTIME_UNSUPPORTED`, `SELF_TEST_FAILED`, `ARTIFACT_CORRUPT`
  public init(table bytes: Data, vectors: Data, release: String) throws {
    var loaded: OpaquePointer?
    var fault = tl_fault()
    let status = bytes.withUnsafeBytes {
      tl_table_load(&loaded, $0.bindMemory(to: UInt8.self).baseAddress, $0.count, 160 << 20, &fault)
    }
    guard status == TL_OK, let loaded else { throw TidelineError(status, fault) }
    let tested = vectors.withUnsafeBytes {
      tl_self_test(loaded, $0.bindMemory(to: UInt8.self).baseAddress, $0.count, &fault)
    }
    guard tested == TL_OK else {
      tl_table_free(loaded)
      throw TidelineError(tested, fault)
    }
    table = loaded
    self.release = release
  }

  deinit { tl_table_free(table) }
}

/// An answer to a window.
public struct Prediction: Sendable {
  /// What feedback refers to.
  public let id: String
  public let label: String
  /// `device` or `rule`.
  public let source: String
  /// Why the model did not answer; nil where it did.
  public let reason: String?
  /// In the order of the model's labels; empty where the rule answered.
  public let probabilities: [Float]
}
