// A machine that has no more files for connections: accepting rests, and goes on.

import Glibc
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import TokenAPI

@Suite("A server that can accept no more", .timeLimit(.minutes(10)))
struct RestTests {
    @Test("rests a while, tells it once, and takes who waited")
    func rest() async throws {
        try await withFolder { folder in
            let log = CapturedLog()
            let accepted = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let logger = Logger(label: "test") { _ in log }
                        try channel.pipeline.syncOperations.addHandler(RestWhenFull(Threshold(), logger: logger))
                    }
                }
                .childChannelInitializer { channel in
                    accepted.succeed()
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
                .bind(unixDomainSocketPath: folder + "/s").get()

            for _ in 0..<2 { server.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept")) }
            #expect(try await server.getOption(.autoRead).get() == false)
            let client = try await RawConnection(path: folder + "/s")
            try await accepted.futureResult.get()
            #expect(try await server.getOption(.autoRead).get() == true)
            #expect(log.all.split(separator: "\n").filter { $0.contains("no connection can be taken") }.count == 1)
            try await client.hangUp()
            try await server.close()
        }
    }
}
