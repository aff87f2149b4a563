import Testing

@testable import Refreshd

@Suite("A folder that is not there yet")
struct UnitFolderTests {
    @Test(
        "is systemd's to make where it is the unit's or an instance's",
        arguments: [
            ("/var/lib/refreshd", "refreshd"), ("/var/lib/refreshd-staging", "refreshd@staging"),
            ("/var/lib/refreshd-", nil), ("/var/lib/refreshd-a/b", nil), ("/var/lib/refreshed", nil), ("/srv", nil),
        ])
    func maker(folder: String, unit: String?) {
        #expect(UnitFolder.maker(of: folder, usual: "/var/lib/refreshd") == unit)
    }
}
