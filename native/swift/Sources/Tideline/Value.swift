// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import CTideline
import Foundation

/// Before present sample `at`, `missing` samples are missing.
public struct Gap: Sendable {
  public let at: UInt64
  public let missing: UInt64

  public init(at: UInt64, missing: UInt64) {
    self.at = at
    self.missing = missing
  }
}

/// Sensor samples, interleaved `[samples, channels]`.
public struct Frame: Sendable {
  public let values: [Float]
  public let channels: Int
  /// Samples a second as measured, within a tenth of the declared rate; nil where it is not known.
  public let rate: Double?
  /// A factor for each channel sends the samples as int16; nil sends float32.
  public let scale: [Double]?
  public let gaps: [Gap]

  public init(
    values: [Float], channels: Int, rate: Double? = nil, scale: [Double]? = nil, gaps: [Gap] = []
  ) {
    self.values = values
    self.channels = channels
    self.rate = rate
    self.scale = scale
    self.gaps = gaps
  }
}

/// A property of an event, of the kind that its declaration states.
public enum Value: Sendable {
  case text(String)
  case integer(Int64)
  case number(Double)
  case flag(Bool)
  case time(Date)
  case vector([Double])
  case frame(Frame)
}

extension Value {
  /// Adds the property to a list of the core, which copies it.
  func add(to list: OpaquePointer, name: String) {
    switch self {
    case .text(let text):
      let bytes = Array(text.utf8)
      bytes.withUnsafeBytes { raw in
        // An empty array has no address, and the core wants one.
        var nothing: CChar = 0
        if let base = raw.bindMemory(to: CChar.self).baseAddress {
          tl_property_list_add_text(list, name, base, bytes.count)
        } else {
          tl_property_list_add_text(list, name, &nothing, 0)
        }
      }
    case .integer(let value): tl_property_list_add_integer(list, name, TL_INT, value)
    case .number(let value): tl_property_list_add_number(list, name, value)
    case .flag(let value): tl_property_list_add_flag(list, name, value)
    case .time(let date): tl_property_list_add_integer(list, name, TL_TIME, date.milliseconds)
    case .vector(let values): tl_property_list_add_vector(list, name, values, values.count)
    case .frame(let frame): frame.add(to: list, name: name)
    }
  }
}

extension Frame {
  fileprivate func add(to list: OpaquePointer, name: String) {
    let pairs = gaps.map { tl_gap(at: $0.at, missing: $0.missing) }
    values.withUnsafeBufferPointer { numbers in
      (scale ?? []).withUnsafeBufferPointer { factors in
        pairs.withUnsafeBufferPointer { missing in
          var frame = tl_frame()
          frame.values = numbers.baseAddress
          frame.samples = channels > 0 ? values.count / channels : 0
          frame.encoding = scale == nil ? TL_FLOAT32 : TL_INT16
          frame.scale = scale == nil ? nil : factors.baseAddress
          frame.rate = rate ?? 0
          frame.gaps = missing.baseAddress
          frame.gap_count = missing.count
          tl_property_list_add_frame(list, name, &frame, UInt32(channels))
        }
      }
    }
  }
}

extension Date {
  /// Milliseconds since 1970.
  var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}
