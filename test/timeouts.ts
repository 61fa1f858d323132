/** Timeouts of a plugin client, ms, that no test reaches. */
export const AMPLE = {
  connectMs: 15_000,
  metadataMs: 15_000,
  modelsMs: 15_000,
  healthMs: 15_000,
  initializeMs: 15_000,
  cleanupMs: 15_000,
};

/** For tests that wait for one to be over. */
export const HASTY = {
  ...AMPLE,
  metadataMs: 60,
  modelsMs: 60,
  healthMs: 60,
  initializeMs: 60,
  cleanupMs: 60,
};
