import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** The one-time token of the first start: lives in memory, is printed once, dies with the process or with its use. */
export interface SetupToken {
  /** To print at start; null once it was used. */
  readonly value: string | null;
  /** Takes the same time whatever the candidate. False once it was used. */
  check(candidate: string): boolean;
  /** Never valid again. */
  consume(): void;
}

/** 144 random bits, in letters that survive a URL and a double click. */
export function createSetupToken(): SetupToken {
  let value: string | null = randomBytes(18).toString("base64url");
  return {
    get value() {
      return value;
    },
    // Digests have one length, as timingSafeEqual demands; comparing against "" keeps the time of a used token the same.
    check: (candidate) => timingSafeEqual(digest(candidate), digest(value ?? "")) && value !== null,
    consume() {
      value = null;
    },
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
