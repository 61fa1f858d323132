/** Deadlines of one client in milliseconds. Source of every default: the protocol page, "Calls". */
export interface Timeouts {
  /** TCP (and TLS) connection, name resolution included. */
  connectMs: number;
  metadataMs: number;
  modelsMs: number;
  healthMs: number;
  initializeMs: number;
  cleanupMs: number;
  /** From sending a chat to the first byte of its answer. */
  firstByteMs: number;
  /** Silence between two pieces of an answer. */
  idleMs: number;
  /** One whole chat. */
  totalMs: number;
  /** How long a stream may stay open after its finish_reason, for a usage frame or `[DONE]`. */
  tailMs: number;
}

export const TIMEOUTS: Timeouts = {
  connectMs: 2_000,
  metadataMs: 5_000,
  modelsMs: 5_000,
  healthMs: 5_000,
  initializeMs: 30_000,
  cleanupMs: 5_000,
  firstByteMs: 60_000,
  idleMs: 30_000,
  totalMs: 600_000,
  tailMs: 2_000,
};

/** Largest answers in decoded bytes. Source of every default: the protocol page, "Calls". */
export interface Caps {
  /** Also for the ignored answers of initialize and cleanup. */
  health: number;
  metadata: number;
  models: number;
  /** A whole chat answer. */
  chat: number;
  /** All frames of a streamed answer. */
  stream: number;
  /** One frame of a streamed answer. */
  event: number;
  /** An error body, of which only a line is ever shown. */
  error: number;
  /** Response headers. */
  headers: number;
}

const KB = 1024;
const MB = 1024 * KB;

export const CAPS: Caps = {
  health: 64 * KB,
  metadata: 256 * KB,
  models: 2 * MB,
  chat: 16 * MB,
  stream: 64 * MB,
  event: MB,
  error: 64 * KB,
  headers: 16 * KB,
};

/** Largest gRPC message in either direction. Source: the protocol page, "gRPC". */
export const MESSAGE_CAP = 4 * MB;

/**
 * What a piece of a streamed answer counts against `Caps.stream` besides its own bytes: reading one costs more than its length says, and
 * an endless stream of tiny ones would come cheap otherwise. Bytes; a million pieces fill the cap.
 */
export const PIECE_COST = 64;

/** The same of a gRPC message without anything in it: honest streams have a few at most. */
export const EMPTY_MESSAGE_COST = 4 * KB;
