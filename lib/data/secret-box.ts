import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, scryptSync } from "node:crypto";

// AES-256-GCM (NIST SP 800-38D): 32-byte key, 12-byte IV drawn for every message, 16-byte tag.
const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A key and the name it goes by in ciphertexts: the first 8 hex digits of its SHA-256. */
export interface SecretKey {
  id: string;
  bytes: Buffer;
}

/** Why a ciphertext could not be opened. The box throws nothing else. */
export class SecretBoxError extends Error {
  readonly reason: "unknown_key" | "tampered" | "malformed";

  constructor(reason: SecretBoxError["reason"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "SecretBoxError";
    this.reason = reason;
  }
}

export interface SecretBox {
  /** Whether the key that sealed it is at hand. */
  knows(sealed: string): boolean;
  /** Encrypts under the first key for one place, written `table:row:field`; opening it in any other place fails. */
  seal(plaintext: string, place: string): string;
  /** Decrypts with whichever key sealed it. Throws `SecretBoxError`. */
  open(sealed: string, place: string): string;
}

function toSecretKey(bytes: Buffer): SecretKey {
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
}

export function generateKeyText(): string {
  return randomBytes(KEY_BYTES).toString("hex");
}

export function generateSalt(): string {
  return randomBytes(16).toString("hex");
}

/**
 * Reads a key as a person gives it: 32 bytes in hex (64 digits) or base64, or any passphrase of at least 32 characters, which
 * goes through scrypt (N 2^15, r 8, p 1, 32 MB: OWASP's password storage advice) with the database's own salt. Null when it is too short.
 */
export function parseSecretKey(text: string, salt: string): SecretKey | null {
  const given = text.trim();
  if (/^[0-9a-f]{64}$/i.test(given)) return toSecretKey(Buffer.from(given, "hex"));
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(given)) return toSecretKey(Buffer.from(given, "base64"));
  if (given.length < 32) return null;
  return toSecretKey(
    scryptSync(given.normalize("NFKC"), Buffer.from(salt, "hex"), KEY_BYTES, {
      N: 2 ** 15,
      r: 8,
      p: 1,
      maxmem: 64 * 1024 * 1024,
    }),
  );
}

/**
 * 32 bytes in base64url that follow from the key and say nothing about it (HKDF-SHA-256, RFC 5869). Each `purpose` gets its own.
 */
export function deriveSecret(key: SecretKey, purpose: string): string {
  return Buffer.from(hkdfSync("sha256", key.bytes, "", `loom-console/${purpose}`, KEY_BYTES)).toString(
    "base64url",
  );
}

/** Keys of a box; the first writes, all of them read. */
export type SecretKeys = readonly [SecretKey, ...SecretKey[]];

/** The name of the key a ciphertext was sealed with; empty for what is none. */
export function keyIdOf(sealed: string): string {
  return sealed.split(".")[1] ?? "";
}

/**
 * The box for secrets at rest. The first key writes, all of them read; a function is asked anew every time, since keys rotate.
 * A ciphertext is `v1.<key id>.<iv>.<ciphertext and tag>`, the last two in base64url.
 */
export function createSecretBox(source: SecretKeys | (() => SecretKeys)): SecretBox {
  const getKeys = typeof source === "function" ? source : () => source;
  return {
    knows: (sealed) => getKeys().some(({ id }) => id === keyIdOf(sealed)),
    seal(plaintext, place) {
      const [writing] = getKeys();
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, writing.bytes, iv).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return ["v1", writing.id, iv.toString("base64url"), body.toString("base64url")].join(".");
    },
    open(sealed, place) {
      const [version, keyId, ivText, bodyText] = sealed.split(".");
      const iv = Buffer.from(ivText ?? "", "base64url");
      const body = Buffer.from(bodyText ?? "", "base64url");
      if (version !== "v1" || iv.length !== IV_BYTES || body.length < TAG_BYTES) {
        throw new SecretBoxError("malformed", "This is not a ciphertext of this console.");
      }
      const key = getKeys().find(({ id }) => id === keyId);
      if (!key)
        throw new SecretBoxError("unknown_key", `Sealed under the key ${keyId}, which is not at hand.`);
      try {
        const decipher = createDecipheriv(ALGORITHM, key.bytes, iv, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(place))
          .setAuthTag(body.subarray(-TAG_BYTES));
        return decipher.update(body.subarray(0, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (error) {
        throw new SecretBoxError("tampered", "The ciphertext was changed or moved from its place.", error);
      }
    },
  };
}
