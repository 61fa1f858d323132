import { expect, it } from "vitest";
import { createScriptedPlugin, toChunk } from "../../../test/scripted-client.ts";
import { createClock } from "../../real-clock.ts";
import { createChats } from "./active-chats.ts";

it("lets everybody else have turns while a plugin sends thousands of chunks at once", async () => {
  const plugin = createScriptedPlugin();
  plugin.script.chat = async function* () {
    for (let at = 0; at < 6_400; at++) yield toChunk("x");
  };
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    for (; !isOver; turns++) await new Promise((resolve) => setImmediate(resolve));
  })();
  let chunks = 0;
  const request = { model: "acme-1", messages: [] };
  const chat = createChats(createClock()).run(plugin.connect(), request, new AbortController().signal);
  for await (const { choices } of chat) chunks += choices.length;
  isOver = true;
  await others;
  expect(chunks).toBe(6_400);
  expect(turns).toBeGreaterThanOrEqual(100);
});
