import { expect, test } from "vitest";
import { findListeners } from "./listening.ts";

const HEADER =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
let slot = 0;
const row = (local: string, state: string, inode: number) =>
  `   ${slot++}: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 00000000 100 0 0 10 0`;
const TABLE = [
  HEADER,
  row("0100007F:1F9A", "0A", 1),
  row("00000000:1F9A", "0A", 2),
  row("0501A8C0:1F9A", "0A", 3),
  row("0100007F:1F9A", "01", 4),
  row("0100007F:1F9B", "0A", 5),
  row("00000000000000000000000001000000:1F9A", "0A", 6),
  row("00000000000000000000000000000000:1F9A", "0A", 7),
  row("0000000000000000FFFF00000100007F:1F9A", "0A", 8),
  row("000080FE00000000FF005002DA8E0AFE:1F9A", "0A", 9),
].join("\n");

test("names every socket that may answer at a loopback endpoint", () => {
  expect(findListeners(TABLE, "http://localhost:8090")).toEqual(["1", "2", "6", "7", "8"]);
  expect(findListeners(TABLE, "grpc://127.0.0.1:8090")).toEqual(["1", "2", "6", "7", "8"]);
});

test("leaves none at that port out for any other endpoint", () => {
  expect(findListeners(TABLE, "http://192.168.1.5:8090")).toEqual(["1", "2", "3", "6", "7", "8", "9"]);
});

test("knows what is not there", () => {
  expect(findListeners(TABLE, "http://127.0.0.1:8092")).toEqual([]);
  expect(findListeners("", "http://127.0.0.1:8090")).toEqual([]);
});
