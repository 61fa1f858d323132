import { readError, toCallError } from "./http.ts";
import { toAddress } from "./path.ts";

/** The text a path of our own API answers with, for what is shown or copied as it is. Throws `AppError`. */
export async function fetchText(path: string): Promise<string> {
  try {
    const response = await fetch(toAddress(path), { cache: "no-store", redirect: "error" });
    if (!response.ok) throw await readError(response);
    return await response.text();
  } catch (error) {
    throw toCallError(error);
  }
}
