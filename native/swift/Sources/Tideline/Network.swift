// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import CTideline
import Foundation

/// A request of the core, copied, so that nothing of the core is touched while the network is waited for.
struct Outgoing: Sendable {
  let request: URLRequest?
  let maxBytes: Int

  init(_ from: tl_request) {
    maxBytes = from.max_bytes
    guard let url = URL(string: String(cString: from.url)) else {
      request = nil
      return
    }
    var made = URLRequest(url: url, timeoutInterval: Double(from.timeout_ms) / 1000)
    made.httpMethod = String(cString: from.method)
    made.httpBody = Data(bytes: from.body, count: from.body_length)
    made.setValue(from.authorisation.map { String(cString: $0) }, forHTTPHeaderField: "Authorization")
    made.setValue(from.content_type.map { String(cString: $0) }, forHTTPHeaderField: "Content-Type")
    made.setValue(from.content_encoding.map { String(cString: $0) }, forHTTPHeaderField: "Content-Encoding")
    request = made
  }
}

/// An answer; a status of 0 says that none came.
struct Incoming: Sendable {
  var status = 0
  var body = Data()
  var retryAfter: String?
  var date: String?
}

extension URLSession {
  /// Sends a request and reads at most as much as it allows.
  func answer(to outgoing: Outgoing) async -> Incoming {
    guard let request = outgoing.request, let (bytes, response) = try? await bytes(for: request),
      let http = response as? HTTPURLResponse
    else { return Incoming() }
    var incoming = Incoming()
    do {
      for try await byte in bytes {
        incoming.body.append(byte)
        if incoming.body.count > outgoing.maxBytes { return Incoming() }
      }
    } catch { return Incoming() }
    incoming.status = http.statusCode
    incoming.retryAfter = http.value(forHTTPHeaderField: "Retry-After")
    incoming.date = http.value(forHTTPHeaderField: "Date")
    return incoming
  }
}

/// Another address would be given the key: redirects are answers like any other.
final class RefuseRedirects: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
