import { describe, expect, it } from "vitest";
import {
  createSecretBox,
  deriveSecret,
  generateKeyText,
  generateSalt,
  parseSecretKey,
  SecretBoxError,
  type SecretKey,
} from "./secret-box.ts";

const SALT = generateSalt();

function key(text = generateKeyText()): SecretKey {
  const parsed = parseSecretKey(text, SALT);
  if (!parsed) throw new Error("not a key");
  return parsed;
}

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SecretBoxError) return error.reason;
    throw error;
  }
  return "opened";
}

describe("the box", () => {
  it.each(["", "short", "ünïcödé 🔑", "x".repeat(16_384)])("gives back %.20s exactly", (plaintext) => {
    const box = createSecretBox([key()]);
    expect(box.open(box.seal(plaintext, "Secret:p:f"), "Secret:p:f")).toBe(plaintext);
  });

  it("never writes the same text twice, and names the key", () => {
    const writing = key();
    const box = createSecretBox([writing]);
    const [first, second] = [box.seal("same", "a"), box.seal("same", "a")];
    expect(first).not.toBe(second);
    expect(first.split(".").slice(0, 2)).toEqual(["v1", writing.id]);
    expect(writing.id).toMatch(/^[0-9a-f]{8}$/);
  });

  it("opens nothing in another place", () => {
    const box = createSecretBox([key()]);
    const sealed = box.seal("secret", "Secret:p1:key");
    expect(reasonOf(() => box.open(sealed, "Secret:p2:key"))).toBe("tampered");
    expect(reasonOf(() => box.open(sealed, "Secret:p1:url"))).toBe("tampered");
  });

  it("opens nothing of which any character was changed", () => {
    const box = createSecretBox([key()]);
    const sealed = box.seal("secret", "a");
    // The last character carries spare bits, so the one before it is the last that must count.
    for (let at = 0; at < sealed.length - 1; at += 1) {
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
      expect(reasonOf(() => box.open(changed, "a"))).not.toBe("opened");
    }
  });

  it.each(["", "v1", "v1.abcdef01..", "v2.00000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA", "plain text"])(
    "calls %j malformed",
    (text) => {
      expect(reasonOf(() => createSecretBox([key()]).open(text, "a"))).toBe("malformed");
    },
  );

  it("reads under every key and writes under the first", () => {
    const [old, current] = [key(), key()];
    const sealed = createSecretBox([old]).seal("secret", "a");
    const box = createSecretBox([current, old]);
    expect(box.open(sealed, "a")).toBe("secret");
    expect(box.seal("new", "a").split(".")[1]).toBe(current.id);
    expect(reasonOf(() => createSecretBox([current]).open(sealed, "a"))).toBe("unknown_key");
  });
});

describe("a key", () => {
  const hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

  it("is the same in hex and in both kinds of base64, with and without line end", () => {
    const bytes = Buffer.from(hex, "hex");
    const spellings = [hex, hex.toUpperCase(), bytes.toString("base64"), bytes.toString("base64url")];
    for (const text of spellings) expect(key(`${text}\n`).bytes).toEqual(bytes);
  });

  it("comes from a passphrase of at least 32 characters and the salt of the database", () => {
    const phrase = "correct horse battery staple 1234";
    expect(key(phrase).bytes).toHaveLength(32);
    expect(key(phrase)).toEqual(key(phrase));
    expect(parseSecretKey(phrase, generateSalt())?.id).not.toBe(key(phrase).id);
    expect(parseSecretKey("correct horse battery staple 12", SALT)).toBeNull();
  });

  it("yields other secrets that differ by purpose and do not contain it", () => {
    const secret = deriveSecret(key(hex), "session");
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(secret).toBe(deriveSecret(key(hex), "session"));
    expect(secret).not.toBe(deriveSecret(key(hex), "other"));
    expect(secret).not.toBe(Buffer.from(hex, "hex").toString("base64url"));
  });
});
