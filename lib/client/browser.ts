import { createApi } from "./api.ts";
import { createSend } from "./http.ts";
import { toAddress } from "./path.ts";

/** The API as the browser reaches it: same origin, cookie by itself. */
export const api = createApi(createSend({ origin: toAddress("") }));
