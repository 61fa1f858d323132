import { randomBytes } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 24;

/** An id like those that Prisma makes, for rows stored without it: 24 lower-case letters and digits, the first a letter. */
export function createRowId(): string {
  const [first = 0, ...rest] = randomBytes(LENGTH);
  return ALPHABET.charAt(first % 26) + rest.map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
}
