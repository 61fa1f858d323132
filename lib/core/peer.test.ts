import { describe, expect, it } from "vitest";
import { judgePeer, refusePeer, type PeerPolicy } from "./peer.ts";

const POLICY: PeerPolicy = {
  approvals: { isApproved: (host, port) => host === "plugin.lan" && port === 8090 },
  ownPort: 3000,
  ownAddresses: () => ["127.0.0.1", "::1", "203.0.113.7", "93.184.216.34"],
};

describe("judgePeer", () => {
  it.each([
    [["8.8.8.8"], "dns.test", 443, "allowed"],
    [["10.0.0.5"], "plugin.lan", 8090, "approved"],
    [["10.0.0.5"], "plugin.lan", 8091, "approval"],
    [["10.0.0.5"], "other.lan", 8090, "approval"],
    [["169.254.169.254"], "plugin.lan", 8090, "forbidden"],
    [["8.8.8.8", "10.0.0.5"], "mixed.test", 443, "approval"],
    [["10.0.0.5", "169.254.169.254"], "plugin.lan", 8090, "forbidden"],
    [["93.184.216.34"], "console.test", 3000, "forbidden"],
    [["93.184.216.34"], "console.test", 3001, "allowed"],
    [["::ffff:7f00:1"], "plugin.lan", 3000, "forbidden"],
    [["::1%lo"], "localhost", 3000, "forbidden"],
    [[""], "nowhere", 80, "forbidden"],
    [[], "nowhere", 80, "forbidden"],
  ])("%j of %s:%i is %s", (addresses, host, port, tier) => {
    expect(judgePeer(addresses, host, port, POLICY)).toBe(tier);
  });
});

describe("refusePeer", () => {
  it("is null for what may be contacted", () => {
    expect(refusePeer("allowed", "a", 1)).toBeNull();
    expect(refusePeer("approved", "a", 1)).toBeNull();
  });

  it("names host and port, also of IPv6", () => {
    expect(refusePeer("forbidden", "fe80::1", 80)).toMatchObject({
      code: "address_forbidden",
      message: expect.stringContaining("[fe80::1]:80") as string,
    });
    expect(refusePeer("approval", "::1", 80)?.extras.details).toEqual({ host: "::1", port: 80 });
  });
});
