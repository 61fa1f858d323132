import type { z } from "zod";
import { ConfigTestEvent, type ConfigTestRequest } from "../contract/config-test.ts";
import { brokenOff, postForEvents } from "./events.ts";
import { toCallError } from "./http.ts";

/**
 * Tests a draft and yields what happens, `done` last. Aborting `signal`, or leaving the loop, ends the test: the console then
 * puts back what is saved. Throws `AppError`; a stream that breaks off is `console_unreachable`.
 */
export async function* streamConfigTest(
  pluginId: string,
  request: z.input<typeof ConfigTestRequest>,
  signal: AbortSignal,
): AsyncGenerator<ConfigTestEvent> {
  const path = `/api/plugins/${encodeURIComponent(pluginId)}/test`;
  let isDone = false;
  try {
    for await (const event of postForEvents(ConfigTestEvent, path, request, signal)) {
      isDone ||= event.type === "done";
      yield event;
    }
  } catch (error) {
    throw toCallError(error);
  }
  if (!isDone) throw brokenOff();
}
