// Never compiled: no Swift toolchain was at hand. See ../../README.md.
import XCTest

@testable import Tideline

final class TidelineTests: XCTestCase {
  private let definition = Data(
    #"{"purposes":{"analytics":"See what is used."},"events":{"tap":{"name":"tap","version":1,"purpose":"analytics","fields":{"target":{"kind":"string","maxLength":256}}}},"models":[]}"#
      .utf8)

  func testAnEventOutlivesItsClient() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = Tideline.Options(
      folder: folder, definition: definition, collect: "http://127.0.0.1:9", writeKey: "k")
    options.user = "ada"
    do {
      let client = try Tideline(options)
      let before = try await client.track("tap", ["target": .text("start")])
      XCTAssertNil(before)
      try await client.setConsent(["analytics"])
      let id = try await client.track("tap", ["target": .text("start")])
      XCTAssertEqual(id?.seq, 1)
    }
    let again = try Tideline(options)
    let outcome = await again.flush()
    XCTAssertEqual(outcome.pending, 1)
    XCTAssertEqual(outcome.stopped, "UNAVAILABLE")
  }

  func testAValueThatDoesNotFitIsRefusedWithItsField() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let client = try Tideline(.init(folder: folder, definition: definition, collect: "http://127.0.0.1:9", writeKey: "k"))
    try await client.setConsent(["analytics"])
    do {
      try await client.track("tap", ["target": .integer(3)])
      XCTFail("expected FIELD_INVALID")
    } catch let error as TidelineError {
      XCTAssertEqual(error.code, "FIELD_INVALID")
      XCTAssertEqual(error.field, "target")
    }
  }
}
