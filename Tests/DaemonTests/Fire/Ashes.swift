// When the fire is out, everything comes right by itself: what Appwrite holds is served, what was registered is there,
// what was logged out is served no more; and all of it is on disk.

import AppwriteModel
import AppwriteSimulator

struct Ashes: Sendable {
    let world: World
    let records: Records
    let hands: Hands

    /// Doubts, backoffs and windows of the fire are over long before, on any machine.
    private static let patience: Duration = .seconds(240)

    func inspect() async throws {
        world.simulator.setOutage(nil)
        world.healProviders()
        world.setLifetimes(
            patient: ServerSettings.hour, exempt: ServerSettings.hour, strict: ServerSettings.hour)

        let tenants = records.testimony.tenants
        let living = world.living(tenants)
        let livingIDs = Set(living.map(\.id))
        try await expect(living, .tokenLost, "is not served the token that Appwrite holds") { tenant, reply in
            reply.json["min_valid_met"] == true && reply["access_token"] == world.currentToken(of: tenant.login)
        }
        let gone = tenants.filter { !livingIDs.contains($0.id) }
        let known = Set(
            records.testimony.reads.filter { $0.isBySession && ($0.status ?? 404) != 404 }.map(\.session))
        try await expect(gone, .servedAfterLogout, "was logged out and is not shown as ended") { tenant, reply in
            reply.status == 410 || (reply.status == 404 && !known.contains(tenant.id))
        }

        // A last start, with nobody to ask.
        hands.endLife(.stopped)
        try await hands.stop()
        world.simulator.setOutage(Outage(.hangUp))
        try await hands.bringUp()
        try await expect(living, .tokenLost, "is not served from the store alone") { tenant, reply in
            reply["access_token"] == world.currentToken(of: tenant.login)
        }
        hands.endLife(.stopped)
        try await hands.stop()
    }

    private func expect(
        _ tenants: [Tenant], _ misdeed: Misdeed.Kind, _ what: String, _ isWell: (Tenant, Reply) async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + Self.patience
        var waiting = tenants
        while !waiting.isEmpty, ContinuousClock.now < end {
            var ill: [Tenant] = []
            for tenant in waiting {
                let reply = try await world.daemon.token(
                    ofSession: tenant.login, project: tenant.part.alias, minValid: 1800)
                if try await !isWell(tenant, reply) { ill.append(tenant) }
            }
            waiting = ill
            try await Task.sleep(for: .milliseconds(100))
        }
        for tenant in waiting {
            let shown = try await world.daemon.show(tenant.login, project: tenant.part.alias)
            let isLost = shown.status == 404 && records.testimony.acknowledged[tenant.id] != nil
            records.note(
                Misdeed(isLost ? .registrationLost : misdeed, "\(tenant.login.providerUid) \(what): \(shown.text)"))
        }
    }
}
