import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "../contract/error.ts";

/** How many tries, in how many seconds. Counted before any hashing, so that guessing stays cheap for us. */
export interface AttemptLimits {
  /** Sign-ins for one e-mail from one address. A success starts over. */
  person: { points: number; duration: number };
  /** Sign-ins from one address, whoever for. */
  address: { points: number; duration: number };
  /** Setup tokens from one address. The right one starts over. */
  setup: { points: number; duration: number };
}

const DEFAULT_LIMITS: AttemptLimits = {
  person: { points: 8, duration: 300 },
  address: { points: 40, duration: 300 },
  setup: { points: 10, duration: 600 },
};

/** Counters of guesses. Each `count…` throws `rate_limited`. */
export interface Attempts {
  countSignIn(address: string, email: string): Promise<void>;
  forgetSignIn(address: string, email: string): Promise<void>;
  countSetup(address: string): Promise<void>;
  forgetSetup(address: string): Promise<void>;
}

export function createAttempts(limits: AttemptLimits = DEFAULT_LIMITS): Attempts {
  const person = new RateLimiterMemory({ keyPrefix: "person", ...limits.person });
  const address = new RateLimiterMemory({ keyPrefix: "address", ...limits.address });
  const setup = new RateLimiterMemory({ keyPrefix: "setup", ...limits.setup });
  const toKey = (from: string, email: string) => `${from} ${email.toLowerCase()}`;
  return {
    async countSignIn(from, email) {
      await consume(address, from, "sign-in");
      await consume(person, toKey(from, email), "sign-in");
    },
    async forgetSignIn(from, email) {
      await person.delete(toKey(from, email));
    },
    countSetup: (from) => consume(setup, from, "setup"),
    async forgetSetup(from) {
      await setup.delete(from);
    },
  };
}

async function consume(limiter: RateLimiterMemory, key: string, what: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new AppError("rate_limited", `Too many ${what} attempts.`, {
      hint: `Try again in ${retryAfterSeconds} seconds.`,
      details: { retryAfterSeconds },
    });
  }
}
