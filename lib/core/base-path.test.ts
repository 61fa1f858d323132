import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findBasePathProblem, nameFor, withoutBasePath } from "./base-path.mjs";

describe("findBasePathProblem", () => {
  it.each(["", "/loom", "/tools/loom", "/a.b_c~d-1/2", "/team/api"])("accepts %j", (path) => {
    expect(findBasePathProblem(path)).toBeNull();
  });

  it.each([
    ["loom", /begin with a slash/],
    ["https://example.com/loom", /begin with a slash/],
    ["/", /must not end in a slash/],
    ["/loom/", /must not end in a slash/],
    ["//loom", /may stand between/],
    ["/a//b", /may stand between/],
    ["/..", /may stand between/],
    ["/loom/./x", /may stand between/],
    ["/a b", /may stand between/],
    ["/a%20b", /may stand between/],
    ["/lööm", /may stand between/],
    ["/a?b", /may stand between/],
    ["/a+b", /may stand between/],
    ["/api", /address of the console itself/],
    ["/v1/loom", /address of the console itself/],
    ["/Plugins", /address of the console itself/],
  ])("refuses %j", (path, reason) => {
    expect(findBasePathProblem(path)).toMatch(reason);
  });

  it("keeps every address of a page for the console itself", () => {
    const folders = readdirSync("app", { recursive: true, withFileTypes: true })
      .filter((entry) => /^(page|icon)\.\w+$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/^app\/|\([^/]*\)\/|\/?page\.tsx$/g, ""))
      .filter(Boolean);
    expect(folders.length).toBeGreaterThan(5);
    for (const folder of folders) expect(findBasePathProblem(`/${folder.split("/")[0]}`)).not.toBeNull();
  });
});

describe("withoutBasePath", () => {
  it.each([
    ["/loom", "/"],
    ["/loom/", "/"],
    ["/loom?from=1", "/?from=1"],
    ["/loom/plugins?state=down", "/plugins?state=down"],
    ["/loom/loom/x", "/loom/x"],
    ["/", "/"],
    ["/plugins", "/plugins"],
    ["/loomy", "/loomy"],
    ["/plugins/loom", "/plugins/loom"],
    ["/?next=/loom", "/?next=/loom"],
  ])("takes /loom from %j, if it is there: %j", (address, expected) => {
    expect(withoutBasePath(address, "/loom")).toBe(expected);
  });

  it("leaves everything as it is at the root", () => {
    expect(withoutBasePath("/loom/x", "")).toBe("/loom/x");
  });
});

describe("nameFor", () => {
  it("is the plain name at the root, and another for every base path", () => {
    expect(nameFor(".next", "")).toBe(".next");
    expect(new Set(["/a/b", "/a-b", "/a.b", "/a"].map((path) => nameFor("x", path))).size).toBe(4);
  });
});
