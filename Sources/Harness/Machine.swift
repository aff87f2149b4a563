// A machine of one's own: a systemd booted in a container, over this machine's own files or those of another system,
// which it may change without any change to them, and with a network of its own. Only root can have one. It leaves
// nothing behind.

import Foundation
import Glibc

package final class Machine: Sendable {
    /// Outside of it: what its console and its commands say.
    private let folder: String
    /// Its control group.
    private let group: String
    private let supervisor: ChildProcess

    private init() throws {
        folder = "/tmp/rb-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        let unified = "/sys/fs/cgroup/unified"  // Where the machine has control groups of both versions.
        let tree = FileManager.default.fileExists(atPath: unified) ? unified : "/sys/fs/cgroup"
        group = tree + "/" + (folder as NSString).lastPathComponent
        try FileManager.default.createDirectory(atPath: folder + "/disk", withIntermediateDirectories: true)
        supervisor = try ChildProcess(
            "/bin/bash", ["-c", Self.script, "machine", folder + "/disk", group, "\(getpid())", Self.root],
            environment: Self.environment, output: folder + "/console", errors: folder + "/console")
    }

    /// Why there can be none here, found out by booting one; nil where there can.
    package static func obstacle() async -> String? {
        guard getuid() == 0 else { return "only root can boot one" }
        for program in ["systemd-nspawn", "nsenter", "setpriv", "curl"]
        where !FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)") {
            return "/usr/bin/\(program) is missing: apt-get install systemd-container util-linux curl"
        }
        do {
            try await with { _ in }
            return nil
        } catch {
            return "it did not boot: \("\(error)".split(separator: "\n").joined(separator: " / "))"
        }
    }

    /// Gives `body` a machine that has booted. However `body` ends, the machine is gone afterwards.
    package static func with<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Machine) async throws -> Value
    ) async throws -> Value {
        let machine = try Machine()
        do {
            try await machine.untilBooted()
            let value = try await body(machine)
            try await machine.end()
            return value
        } catch {
            try await machine.end()
            throw error
        }
    }

    private func end() async throws {
        supervisor.send(SIGTERM)
        let ending = try await supervisor.untilEnd()
        let console = (try? text(of: "console")) ?? ""  // It only explains.
        try? FileManager.default.removeItem(atPath: folder)  // A folder left behind in /tmp is no reason to fail.
        guard ending == .exited(0) else { throw HarnessTrouble("the machine ended badly (\(ending)):\n\(console)") }
    }

    private func untilBooted() async throws {
        try await eventually("the machine to boot") {
            if let ending = supervisor.ending {
                throw HarnessTrouble("the machine did not boot (\(ending)):\n\(try text(of: "console"))")
            }
            guard leader != nil else { return false }
            let state = try await run("systemctl", "is-system-running").output
            return ["running\n", "degraded\n"].contains(state)
        }
    }

    /// Installs a package of this machine's, or installs it again.
    package func install(_ package: String) async throws {
        let file = "/srv/" + (package as NSString).lastPathComponent
        if !FileManager.default.fileExists(atPath: try path(file)) {
            try FileManager.default.copyItem(atPath: package, toPath: try path(file))
        }
        try await succeed("dpkg", "--force-unsafe-io", "--install", file)
    }

    /// Shuts it down and boots it again. Its disk and its network stay, what is in /run and /tmp goes.
    package func reboot() async throws {
        let before = leader
        _ = try await run("systemctl", "reboot")
        try await eventually("the machine to go down") { leader != before }
        try await untilBooted()
    }

    /// Its first process, by our numbers; nil while there is none.
    private var leader: pid_t? {
        // `try?`: there is no such group before the start and in the middle of a reboot.
        let pids = try? String(contentsOfFile: group + "/payload/init.scope/cgroup.procs", encoding: .utf8)
        return pids?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    private func living() throws -> pid_t {
        guard let leader else { throw HarnessTrouble("the machine does not run") }
        return leader
    }

    /// Runs a program of the machine's in it, as root or as that user, until it ends.
    package func run(_ words: String..., as user: String? = nil, input: String = "") async throws -> CommandResult {
        try await run(words, as: user, input: input)
    }

    package func run(_ words: [String], as user: String? = nil, input: String = "") async throws -> CommandResult {
        let name = UUID().uuidString
        let file = "\(folder)/\(name)"
        try input.write(toFile: file + ".in", atomically: false, encoding: .utf8)
        let child = try start(words, as: user, input: file + ".in", output: file + ".out", errors: file + ".err")
        let ending = try await child.untilEnd()
        return CommandResult(
            ending: ending, output: try text(of: name + ".out"), errors: try text(of: name + ".err"))
    }

    /// Runs it, and throws where it fails. Gives what it wrote to standard output.
    @discardableResult
    package func succeed(_ words: String..., as user: String? = nil, input: String = "") async throws -> String {
        try await succeed(words, as: user, input: input)
    }

    @discardableResult
    package func succeed(_ words: [String], as user: String? = nil, input: String = "") async throws -> String {
        let result = try await run(words, as: user, input: input)
        guard result.ending == .exited(0) else {
            throw HarnessTrouble("\(words.joined(separator: " ")): \(result.ending)\n\(result.output)\(result.errors)")
        }
        return result.output
    }

    /// Starts a program of the machine's in it and waits for nothing.
    package func start(
        _ words: [String], as user: String? = nil, input: String = "/dev/null", output: String, errors: String
    ) throws -> ChildProcess {
        let person = user.map { ["setpriv", "--reuid", $0, "--regid", $0, "--init-groups", "--"] } ?? []
        let spaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
        return try ChildProcess(
            "/usr/bin/nsenter", ["--target", "\(try living())"] + spaces + ["--"] + person + words,
            environment: Self.environment, input: input, output: output, errors: errors)
    }

    /// Starts a program of ours that has nothing of the machine's but its network.
    package func startOutside(_ words: [String], log: String) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/nsenter", ["--net=/proc/\(try living())/ns/net", "--"] + words, environment: Self.environment,
            output: "\(folder)/\(log)", errors: "\(folder)/\(log)")
    }

    /// What a program that was started with that log has written.
    package func text(of file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(file)")), as: UTF8.self)
    }

    /// Where a file of the machine's is by our names. No link may be on the way.
    package func path(_ path: String) throws -> String {
        "/proc/\(try living())/root\(path)"
    }

    /// Writes a file of the machine's, and the folders above it.
    package func write(_ text: String, to file: String, mode: Int = 0o644) throws {
        let file = try path(file)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    /// The system whose files it has.
    private static let root = ProcessInfo.processInfo.environment["REFRESHD_MACHINE_ROOT"] ?? "/"

    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]

    /// Builds the machine, and takes it apart when it is told to, when it has ended or when the tests have: by DISK, a
    /// folder; GROUP, a control group; TESTS, a process; over ROOT, the files it begins with. All mounts are in a name
    /// space of their own and vanish with it.
    ///
    /// What is enabled on this machine is not in that one: it starts what every Debian does and what a test installs. And
    /// what forbids packages to start anything, as images of containers have it, is not there either.
    private static let script = """
        set -euo pipefail
        disk=$1 group=$2 tests=$3 root=$4
        clear() {
            trap - EXIT TERM
            while [ -d "$group" ]; do
                find "$group" -name cgroup.procs -exec cat {} + | xargs --no-run-if-empty kill -KILL || true
                find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
            done
        }
        trap clear EXIT
        trap 'exit 0' TERM
        mkdir "$group"
        unshare --mount --net --propagation private bash -euc '
            disk=$0 group=$1 root=$2
            mount -t tmpfs -o mode=755 tmpfs "$disk"
            mkdir "$disk"/upper "$disk"/work "$disk"/merged
            mount -t overlay -o "lowerdir=$root,upperdir=$disk/upper,workdir=$disk/work" overlay "$disk/merged"
            rm -rf "$disk"/merged/etc/systemd/system/*.wants "$disk"/merged/etc/rc?.d/S* "$disk"/merged/usr/sbin/policy-rc.d
            tr -d - < /proc/sys/kernel/random/uuid > "$disk/merged/etc/machine-id"
            export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
            boot() (
                echo "$BASHPID" > "$group/cgroup.procs"
                exec systemd-nspawn --quiet --register=no --keep-unit --boot --console=read-only \\
                    --capability=CAP_NET_ADMIN --directory="$disk/merged"
            )
            # 133 says that it wants to be booted again.
            until boot || [ $? != 133 ]; do :; done
        ' "$disk" "$group" "$root" </dev/null &
        machine=$!
        while [ -d "/proc/$tests" ] && kill -0 "$machine" 2>/dev/null; do
            sleep 1 &
            wait $!
        done
        """
}

/// What a command did.
package struct CommandResult: Sendable {
    package let ending: ChildProcess.Ending
    package let output: String
    package let errors: String

    package init(ending: ChildProcess.Ending, output: String, errors: String) {
        self.ending = ending
        self.output = output
        self.errors = errors
    }
}
