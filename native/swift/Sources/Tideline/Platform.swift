// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import CTideline
import Compression
import CryptoKit
import Foundation
import Security

/// The core's ports on Apple systems. Requests are sent by `Tideline.flush`, so that no thread waits for a network.
enum Platform {
  static func ports() -> tl_ports {
    var ports = tl_ports()
    ports.clock = { _ in Date().milliseconds }
    ports.monotonic = { _ in ProcessInfo.processInfo.systemUptime * 1000 }
    ports.random = { _, bytes, length in
      guard let bytes else { return false }
      return SecRandomCopyBytes(kSecRandomDefault, length, bytes) == errSecSuccess
    }
    ports.digest = { _, bytes, length, sha256 in
      guard let bytes, let sha256 else { return false }
      let digest = SHA256.hash(data: UnsafeRawBufferPointer(start: bytes, count: length))
      digest.withUnsafeBytes { sha256.update(from: $0.bindMemory(to: UInt8.self).baseAddress!, count: 32) }
      return true
    }
    ports.gzip = { _, bytes, length, out in
      guard let bytes, let out else { return false }
      return Platform.gzip(bytes, length, out)
    }
    return ports
  }

  /// A gzip member (RFC 1952) around the raw deflate stream that `COMPRESSION_ZLIB` gives.
  private static func gzip(_ bytes: UnsafePointer<UInt8>, _ length: Int, _ out: UnsafeMutablePointer<tl_buffer>) -> Bool {
    let room = length + length / 8 + 1024
    let packed = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
    defer { packed.deallocate() }
    let size = compression_encode_buffer(packed, room, bytes, length, nil, COMPRESSION_ZLIB)
    guard size > 0 else { return false }
    let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
    tl_buffer_add(out, header, header.count)
    tl_buffer_add(out, packed, size)
    tl_buffer_add_u32(out, tl_crc32(0, bytes, length))
    tl_buffer_add_u32(out, UInt32(truncatingIfNeeded: length))
    return out.pointee.status == TL_OK
  }

  /// Random bytes that stay on this very device, made at the first start; nil while the keychain is locked. `fresh` makes
  /// new ones: a keychain outlives an app that is removed, and its next install is another.
  static func secret(_ name: String, length: Int, fresh: Bool = false) -> [UInt8]? {
    let query: [String: Any] = [
      kSecClass as String: kSecClassGenericPassword,
      kSecAttrService as String: "tideline",
      kSecAttrAccount as String: name,
    ]
    var found: CFTypeRef?
    let read = SecItemCopyMatching(query.merging([kSecReturnData as String: true]) { $1 } as CFDictionary, &found)
    if read == errSecSuccess, !fresh, let data = found as? Data, data.count == length { return Array(data) }
    guard read == errSecItemNotFound || read == errSecSuccess else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    guard SecRandomCopyBytes(kSecRandomDefault, length, &bytes) == errSecSuccess else { return nil }
    SecItemDelete(query as CFDictionary)
    let item = query.merging([
      kSecValueData as String: Data(bytes),
      kSecAttrAccessible as String: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
    ]) { $1 }
    return SecItemAdd(item as CFDictionary, nil) == errSecSuccess ? bytes : nil
  }
}
