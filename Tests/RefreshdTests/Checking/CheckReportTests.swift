// What a check says first, and how it ends.

import RefreshPolicy
import Testing

@testable import Refreshd

@Suite("A check's report") struct CheckReportTests {
    private let fine = Finding.fine(.sessions, "14 sessions of 9 users can be refreshed (google 14)")
    private let metered = Finding.hint(.metering, "metered: at most 9 one-hour tokens fresh at once", "get a dev key")
    private let short = Finding.warning(.forecast, "calls do not suffice", "get a dev key")
    private let broken = Finding.error(.endpoint, .unavailable, "nobody listens", "start it").of(Sample.id("shop"))
    private let refused = Finding.error(.scopes, .noPermission, "the API key lacks a scope", "give it")

    @Test("says the most important thing first")
    func headline() {
        #expect(CheckReport(findings: [fine]).headline == "everything is fine: \(fine.found)")
        let hint = Finding.hint(.sessions, "1 session of dropbox cannot be refreshed", "log in again")
        #expect(CheckReport(findings: [fine, hint]).headline == "nothing is wrong, 1 hint: \(fine.found)")
        #expect(
            CheckReport(findings: [fine, metered]).headline
                == "metered: at most 9 one-hour tokens fresh at once; get a dev key")
        #expect(
            CheckReport(findings: [fine, metered, .unseen(.scopes, "closed", nil)]).headline
                == "metered: at most 9 one-hour tokens fresh at once; get a dev key; 1 thing was not seen")
        #expect(CheckReport(findings: [metered, short, fine]).headline == "warning: calls do not suffice")
        #expect(CheckReport(findings: [short, broken, refused]).headline == "error: shop: nobody listens")
        #expect(
            CheckReport(findings: [fine, .unseen(.store, "closed", nil)]).headline
                == "nothing is wrong as far as could be seen; 1 thing was not seen")
        #expect(
            CheckReport(findings: [fine, .unseen(.metering, "only refreshes show it", nil)]).headline
                == "nothing is wrong as far as could be seen; 1 thing was not seen")
    }

    @Test("ends by its first error, and with 0 where there is none")
    func status() {
        #expect(CheckReport(findings: [fine, metered, short]).status == nil)
        #expect(CheckReport(findings: [short, broken, refused]).status == .unavailable)
        #expect(CheckReport(findings: [refused, broken]).status == .noPermission)
        #expect(CheckReport(findings: [refused, broken, short, metered]).counts == "2 errors, 1 warning, 1 hint")
    }

    @Test("shows each finding under what it is about, with what to do below it")
    func text() {
        let text = CheckText(report: CheckReport(findings: [fine, broken, short])).text
        #expect(
            text == """
                error: shop: nobody listens

                This machine
                  fine    sessions        14 sessions of 9 users can be refreshed (google 14)
                  warning forecast        calls do not suffice
                                          > get a dev key

                Project shop
                  error   endpoint        nobody listens
                                          > start it

                """)
    }

    @Test("Every subject and every provider's advice is a line that ends without a full stop")
    func lines() throws {
        for name in ["google", "microsoft", "dropbox", "github", "spotify", "wordpress", "of-next-year"] {
            let advice = ProviderAdvice.offlineAccess(at: Sample.id(name))
            #expect(!advice.isEmpty && !advice.contains("\n") && !advice.hasSuffix("."))
        }
        #expect(ProviderAdvice.offlineAccess(at: Sample.id("google")).contains("access_type=offline"))
        #expect(ProviderAdvice.offlineAccess(at: Sample.id("microsoft")).contains("offline_access"))
    }
}
