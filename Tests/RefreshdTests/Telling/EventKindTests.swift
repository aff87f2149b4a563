// The kinds of event: what is promised of each to those who look for it.

import Testing

@testable import Refreshd

@Suite("The kinds of event")
struct EventKindTests {
    /// An id that was given once is never given up: programs and people look for it.
    private static let promised = """
        access-refused 058c983f62e3423f9c2fa1905e17eb5d
        api-key-may-not-mint 0fcb0e90db14457c96b80852b37f28d2
        api-key-refused faf5b3b587e44cc29056b2fe26e75e66
        appwrite-failing c23d1b39951e4672ae996bc070e4aab3
        appwrite-not-understood 5eeb3b2e38db4b27a7680296ce4d2b44
        appwrite-unreachable e39db83b7b6c4ddbb24257fe4a8696fa
        budget-short 6f2211d2ed39428da802243a76c928d7
        budget-spent 2485d4d417f9416291859d540965de41
        calls-metered 5bb169fd90eb4943b110b8e1e65e930a
        calls-of-others 0cea66c408644d0b8f98ec194e93f200
        calls-unmetered 1a73b96b6e194b888ea450db141065d6
        clock-stepped 7002e0f7b0064bad849ba21429c4b54b
        condition-ended c279129be54749c08f1c20974886717b
        connections-held 169951091f484e9c8a036977569f2974
        defect a056b3c38f63442488c9d34cd51dde08
        dev-key-ending cc676112874e421ca1c8f3fadae7e030
        dev-key-over 00e780e99d50468da939bd9535cad7a3
        entries-lost 44721680a474489280d7bbc4878f41ff
        key-change-held ae82aa973b3646ca8b3ceb9bcc9af1f9
        key-changed 5e24cfe249424d5ba3e19042c70496a6
        logins-refused 83a5fca5476e4d7e99d327de7f9ee603
        loop-stuck c5b8ccd19f064644a085e2fafba20855
        manager-deaf 80f36386ecf94c07b3e089f17e4dee88
        metered-after-all 3aaf68fb700e45a185c704aec45ba61f
        needs-login 2bd202b060b84ae9bfde23d78c73b45c
        no-rate-headers 8dc446396b754b21a93b1355706dba0f
        project-unknown 517299008e864442911157493a387aa1
        provider-client-refused 233d343c4be74a2781e72ebd079a68fd
        provider-empty 4fe18345d0244e829c17cb7a72db9a3c
        provider-failing 00988374a5a94b288758def4b0d627bf
        provider-grants-refused 6c5915e3312448c5bd25d3822d9cc36f
        provider-throttling d7a1a0866b09436495dc0c9ec087b5a3
        provider-unsupported 0dfd93c6704e4c3bb57dac9779458585
        reads-untold c7c0a720f825455a9b5ac15af171b1e2
        refresh-failed 9f4bde0447434994a56debb8a6d5af42
        refresh-in-doubt 133e4d992e2644f2b763af68f378c417
        reload-refused 7e8d6870d76940b6a5e6a3a5106c5607
        restart-needed a36b431c92414df3a4f80333218b0492
        service-disabled de919a38c0464d929166d627dfc5c0ce
        session-adopted 2e48d9d0a04143d99bb2e950c8c0b807
        session-ended 0fe57c2f168f4a3ea64c45bf6b37e4a9
        session-found e2b5d2ae528941bba9b9f664f80b1fe5
        session-recovered c581fa5e74b54f9983ac4ca676772af9
        session-registered 0afbca8dbd664cd9947e191b7d2026f3
        session-removed c4d2735863d442769208bd5f87718879
        session-renewed c7ee397e07c14db38ba527ea25a45318
        session-settled c1f3cb038e964db6b376548aae734bb7
        session-shortened fbccb3805551454bb45ae153884f2ade
        settings-reloaded 952ed8550d244496bff4c2ac2420b81c
        socket-left 42ea14ed77974a0f917aa30637bf9946
        socket-lost 09b64451ec554fbb96379fd916f4bba0
        socket-made-anew a6920a7b64184ae19504e880b68d2df8
        socket-stuck e8957a3a8cd94355b4fdd93154723959
        start-failed c767cf3a1441489b8df65db2dd315e76
        started 372e9532497a422a8fe25b929f16a8bb
        stopped 4283ba990fcc4fc8a9c1a5677a29ee25
        stopping 7833b60e0c7f40e09d9a9da2b93406bd
        store-damaged e84f4ab2a5f84061899e0c18ec4cc89e
        store-failed 7e4393268e44456f9c8f693bcfbaa231
        store-file-back daf043651f8145938709572c30ec687e
        store-file-gone abe3afba9c5145a0963ab84b30457bed
        store-left-open 5732979ae7244e0fbf0d62cbcad2c667
        store-migrating 243496bef895431c8bd5e5af1ccb640b
        store-recovered 0997644f5c4e4f88bb7cced5f5a6a9c5
        time-passed 405b7667edde488a9bdd4bfddeb2530a
        tokens-read c60eb2bb7d78468da9645cb1233337ac
        too-many-connections 1c76cb263fad446abd4f024f160255e8
        user-forgotten 5d1f0a4e6a7c4f0d9b5a3a0c2d8e71f4
        """

    @Test("keep their names and ids in every version")
    func promised() {
        let kinds = EventKind.allCases.map { "\($0.facts.name) \($0.facts.id)" }
        #expect(kinds.sorted().joined(separator: "\n") == Self.promised)
    }

    @Test("have each an id and a name of its own, of the form that journald takes")
    func ids() {
        let facts = EventKind.allCases.map(\.facts)
        #expect(Set(facts.map(\.id)).count == facts.count)
        #expect(Set(facts.map(\.name)).count == facts.count)
        for facts in facts {
            // As `systemd-id128 new` makes them: version 4 of RFC 9562.
            #expect(facts.id.wholeMatch(of: /[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}/) != nil, "\(facts.name)")
            #expect(facts.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
        }
    }

    @Test(
        "are explained in whole sentences, which name only fields that are always there", arguments: EventKind.allCases)
    func texts(kind: EventKind) {
        let facts = kind.facts
        #expect(Set(facts.always).isDisjoint(with: facts.sometimes))
        for text in facts.texts({ "<\($0.shortName)>" }) {
            #expect(!text.contains("@"), "a field that may be missing: \(text)")
            for line in text.split(separator: "\n") where !line.hasPrefix("    ") {
                #expect(line.hasSuffix(".") || line.hasSuffix(":"), "\(line)")
            }
        }
        #expect(!facts.subject.hasSuffix("."))
    }

    @Test("that are errors say what to do")
    func errors() {
        let errors = EventKind.allCases.map(\.facts).filter { $0.priority == .error }
        #expect(!errors.isEmpty)
        for facts in errors { #expect(facts.remedy != nil, "\(facts.name)") }
    }
}

extension Telling {
    /// What stands in this telling, or is missing in it, against what is promised of its kind; and fields told twice.
    var breaches: [EventField] {
        guard let facts = kind?.facts else { return fields.map(\.name) }
        let told = fields.map(\.name)
        let allowed = [.event] + facts.always + facts.sometimes
        return told.filter { !allowed.contains($0) } + ([.event] + facts.always).filter { !told.contains($0) }
            + Set(told).filter { field in told.count { $0 == field } > 1 }
    }
}
