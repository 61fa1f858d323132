import { describe, expect, it } from "vitest";
import { toExcerpt } from "./excerpt.ts";
import { createRedaction } from "./redaction.ts";

describe("redaction", () => {
  it("removes the values of sensitive fields, also as JSON and in addresses spell them", () => {
    const redaction = createRedaction(["key", "pin"]);
    redaction.learn({ key: 'a"b/canary', pin: 123456, region: "europe-west" });
    const text = redaction.text(
      'raw a"b/canary, json a\\"b/canary, url a%22b%2Fcanary, pin 123456, europe-west',
    );
    expect(text).toBe("raw [redacted], json [redacted], url [redacted], pin [redacted], europe-west");
  });

  it("treats every longer text as secret when nobody says which fields are", () => {
    const redaction = createRedaction();
    redaction.learn({ key: "canary-1234", mode: "fast" });
    expect(redaction.text("canary-1234 in mode fast")).toBe("[redacted] in mode fast");
  });

  it("removes secrets inside base64, whatever stands before them, and as hexadecimal digits", () => {
    const secret = "canary-1234567890";
    const redaction = createRedaction([]);
    redaction.add([secret]);
    for (const before of ["", "u:", "us:", "user:"]) {
      const basic = Buffer.from(`${before}${secret}!`).toString("base64");
      expect(redaction.text(`Basic ${basic}`)).toContain("[redacted]");
    }
    expect(redaction.text(`0x${Buffer.from(secret).toString("hex")}`)).toBe("0x[redacted]");
  });

  it("removes short secrets from sentences only, and numbers that are a secret", () => {
    const redaction = createRedaction([]);
    redaction.add(["gpt", "on", "987654321"]);
    expect(redaction.value({ id: "gpt", message: "the key gpt is on, not gpts", pin: 987654321 })).toEqual({
      id: "gpt",
      message: "the key [redacted] is on, not gpts",
      pin: "[redacted]",
    });
  });

  it("remembers the secrets of earlier configurations", () => {
    const redaction = createRedaction(["key"]);
    redaction.learn({ key: "first-secret" });
    redaction.learn({ key: "second-secret" });
    expect(redaction.text("first-secret second-secret")).toBe("[redacted] [redacted]");
  });

  it("forgets the secrets of configurations long gone, never those in use", () => {
    const redaction = createRedaction([]);
    const toSecret = (turn: number) =>
      Array.from({ length: 250 }, (_, line) => `${turn}-${line}-`.padEnd(64, "canary")).join("\n");
    for (let turn = 0; turn < 20; turn += 1) {
      redaction.add(["secret-in-use"]);
      redaction.add([toSecret(turn)]);
    }
    const output = `${"an ordinary line of output, ".repeat(2_400)}secret-in-use ${toSecret(19)} ${toSecret(18)}`;
    const text = redaction.text(output);
    expect(text).toMatch(/ \[redacted\] \[redacted\] \[redacted\]$/);
    expect(redaction.text(toSecret(0))).toContain("canary");
  });

  it("removes what is shaped like a key although nobody told it", () => {
    const redaction = createRedaction([]);
    expect(redaction.text("used sk-proj-abcdefgh12345 with Bearer eyJhbGciOiJIUzI1NiJ9.x")).toBe(
      "used [redacted] with [redacted]",
    );
    expect(redaction.text("the key of the risk-management task")).toBe("the key of the risk-management task");
  });

  it("reaches every string of a value and leaves the rest alone", () => {
    const redaction = createRedaction(["key"]);
    redaction.learn({ key: "canary-1234" });
    expect(redaction.value({ a: ["x canary-1234"], n: 5, z: null, "canary-1234": true })).toEqual({
      a: ["x [redacted]"],
      n: 5,
      z: null,
      "[redacted]": true,
    });
  });
});

describe("toExcerpt", () => {
  it("is one printable line", () => {
    expect(toExcerpt("a\u0000\u001b[31mb\r\n\tc\u202e d")).toBe("a [31mb c d");
  });

  it("cuts at the limit, between characters", () => {
    expect(toExcerpt("👋".repeat(50), 10)).toBe(`${"👋".repeat(9)}…`);
  });

  it("prefers the title of a web page", () => {
    expect(toExcerpt("<html><head><title>502 Bad Gateway</title></head><body>x</body></html>")).toBe(
      "502 Bad Gateway",
    );
    expect(toExcerpt("<html><body><h1>Oops</h1> it broke</body></html>")).toBe("Oops it broke");
  });

  it("is done with text that takes a careless pattern hours", () => {
    expect(toExcerpt("<".repeat(1_000_000))).toMatch(/^<+…$/);
    expect(toExcerpt("<title ".repeat(200_000))).toMatch(/^<title .*…$/);
  });
});

describe("a text that arrives in pieces", () => {
  const SECRET = "sk-canary-0123456789";

  /** What comes out of each piece, and at the end. */
  function pass(pieces: string[]): string[] {
    const redaction = createRedaction(["key"]);
    redaction.learn({ key: SECRET });
    const stream = redaction.stream();
    return [...pieces.map((piece) => stream.push(piece)), stream.end()];
  }

  it("gives no secret away, wherever it is cut", () => {
    const text = `the key ${SECRET} is ${SECRET}.`;
    for (let at = 0; at <= text.length; at += 1) {
      expect(pass([text.slice(0, at), text.slice(at)]).join("")).toBe("the key [redacted] is [redacted].");
    }
    expect(pass([...text]).join("")).toBe("the key [redacted] is [redacted].");
  });

  it("holds back what may be the beginning of one, and nothing else", () => {
    expect(pass(["hello", " sk", "y at", " sk-can", "ada"])).toEqual([
      "hello",
      " ",
      "sky at",
      " ",
      "sk-canada",
      "",
    ]);
    expect(pass(["the end: sk-canary"])).toEqual(["the end: ", "sk-canary"]);
  });

  it("hides the longer of two secrets of which one begins the other", () => {
    const redaction = createRedaction(["key", "other"]);
    redaction.learn({ key: "alpha-123", other: "alpha-1234567" });
    const stream = redaction.stream();
    const pieces = ["see alpha-123", "4567 and alpha-123", " end", stream.end()];
    expect(
      pieces
        .slice(0, 3)
        .map((piece) => stream.push(piece))
        .join("") + stream.end(),
    ).toBe("see [redacted] and [redacted] end");
  });
});
