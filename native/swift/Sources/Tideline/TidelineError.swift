// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import CTideline

/// Why something was refused. `code` is one of the table that phones, servers and commands share.
public struct TidelineError: Error, Sendable, CustomStringConvertible {
  public let code: String
  /// The field or file that is meant.
  public let field: String
  public let reason: String

  public var description: String { "\(field): \(reason) [\(code)]" }
}

extension TidelineError {
  init(_ status: tl_status, _ fault: tl_fault = tl_fault()) {
    var fault = fault
    code = String(cString: tl_error_name(status))
    field = withUnsafePointer(to: &fault.field) {
      $0.withMemoryRebound(to: CChar.self, capacity: 64) { String(cString: $0) }
    }
    reason = withUnsafePointer(to: &fault.reason) {
      $0.withMemoryRebound(to: CChar.self, capacity: 128) { String(cString: $0) }
    }
  }
}
