// swift-tools-version:5.9
// Never compiled: no Swift toolchain was at hand. See README.md.
import PackageDescription

let package = Package(
  name: "Tideline",
  platforms: [.iOS(.v15), .macOS(.v12)],
  products: [.library(name: "Tideline", targets: ["Tideline"])],
  targets: [
    // A link to native/c: the sources are one, and `include/module.modulemap` makes them a module.
    .target(name: "CTideline", path: "Sources/CTideline", sources: ["src"], publicHeadersPath: "include"),
    .target(name: "Tideline", dependencies: ["CTideline"]),
    .testTarget(name: "TidelineTests", dependencies: ["Tideline"]),
  ]
)
