import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ErrorCode } from "../contract/error.ts";
import { afterFailedChat, isChatFault, isEjected, NOTHING_WRONG, type ChatRecord } from "./ejection.ts";

/** After `count` chats that failed as soon as they began, at `nowMs`. */
function fail(count: number, record: ChatRecord = NOTHING_WRONG, nowMs = 0): ChatRecord {
  let next = record;
  for (let chat = 0; chat < count; chat += 1) next = afterFailedChat(next, nowMs, nowMs);
  return next;
}

describe("ejection", () => {
  it("needs five failed chats in a row", () => {
    expect(isEjected(NOTHING_WRONG, 0)).toBe(false);
    expect([1, 2, 3, 4, 5].map((count) => isEjected(fail(count), 0))).toEqual([
      ...Array(4).fill(false),
      true,
    ]);
  });

  it("lasts 30 s and ends by itself", () => {
    const record = fail(5, NOTHING_WRONG, 1_000);
    expect(isEjected(record, 30_999)).toBe(true);
    expect(isEjected(record, 31_000)).toBe(false);
  });

  it("comes back with the first failure after its end, 30 s longer each time, 300 s at most", () => {
    let record = fail(5);
    const lengths = [record.untilMs];
    for (let trial = 0; trial < 11; trial += 1) {
      const nowMs = record.untilMs;
      record = fail(1, record, nowMs);
      lengths.push(record.untilMs - nowMs);
    }
    expect(lengths.map((ms) => ms / 1_000)).toEqual([
      ...[30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300],
    ]);
  });

  it("is not made longer by chats that began before its end, whenever they fail", () => {
    const record = fail(5);
    const late = afterFailedChat(afterFailedChat(record, 0, 10_000), 29_999, 45_000);
    expect(late).toEqual({ failures: 7, ejections: 1, untilMs: 30_000 });
  });

  it("lasts from 30 to 300 s whatever happens, and never follows fewer than five failures", () => {
    const chats = fc.array(fc.tuple(fc.nat(400_000), fc.nat(120_000), fc.boolean()), { maxLength: 80 });
    fc.assert(
      fc.property(chats, (list) => {
        let [record, nowMs, row] = [NOTHING_WRONG, 0, 0];
        for (const [pauseMs, tookMs, ok] of list) {
          nowMs += pauseMs;
          const next = ok ? NOTHING_WRONG : afterFailedChat(record, nowMs - tookMs, nowMs);
          row = ok ? 0 : row + 1;
          expect(next.failures).toBe(row);
          if (row < 5) expect(isEjected(next, nowMs)).toBe(false);
          if (next.ejections > record.ejections) {
            expect(isEjected(record, nowMs)).toBe(false);
            expect(next.untilMs - nowMs).toBe(Math.min(30_000 * next.ejections, 300_000));
          }
          record = next;
        }
      }),
    );
  });
});

describe("what speaks against a plugin", () => {
  it("is every code of a failing plugin but these", () => {
    const excused = ErrorCode.options.filter((code) => code.startsWith("plugin_") && !isChatFault(code));
    expect(excused.sort()).toEqual([
      "plugin_content_filter",
      "plugin_disabled",
      "plugin_identity_mismatch",
      "plugin_invalid_request",
      "plugin_model_not_found",
      "plugin_not_ready",
      "plugin_quota_exceeded",
      "plugin_rate_limited",
    ]);
  });

  it("is nothing that the caller or the console did", () => {
    const others = ErrorCode.options.filter((code) => !code.startsWith("plugin_"));
    expect(others).toEqual(expect.arrayContaining(["request_aborted", "shutting_down", "internal_error"]));
    expect(others.filter(isChatFault)).toEqual([]);
  });
});
