import { AppError } from "../../contract/error.ts";
import type { Model } from "../../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import type { Upstream } from "../../transport/client.ts";
import { toPerMillion } from "../provider/model-prices.ts";
import type { Settings } from "./settings.ts";

/** Models of one page; the API's default is 20. */
const PAGE = 100;
/** A list that is longer, or that leads in a circle, is read no further. */
const MAX_PAGES = 10;

interface Page {
  models: JsonObject[];
  /** Where the next page begins; null on the last. */
  after: string | null;
}

/** One page of `GET /v1/models`. Throws `plugin_invalid_response` for what is no list. */
export async function readPage(
  upstream: Upstream,
  limit: number,
  after: string | null,
  signal?: AbortSignal,
): Promise<Page> {
  const query = after === null ? "" : `&after_id=${encodeURIComponent(after)}`;
  const { body } = await upstream.ask({ method: "GET", path: `/v1/models?limit=${limit}${query}` }, signal);
  if (!isJsonObject(body) || !Array.isArray(body["data"])) {
    throw new AppError(
      "plugin_invalid_response",
      `${upstream.label} answered GET /v1/models without a list of models.`,
      {
        hint: "Check base_url: it ends before /v1.",
      },
    );
  }
  const last = body["last_id"];
  const hasMore = body["has_more"] === true && typeof last === "string" && last !== after;
  return { models: body["data"].filter(isJsonObject), after: hasMore ? last : null };
}

/** Every model of the account that the filter lets through. */
export async function listModels(
  upstream: Upstream,
  { isListed, priceOf }: Settings,
  signal?: AbortSignal,
): Promise<Model[]> {
  const found: JsonObject[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const next: Page = await readPage(upstream, PAGE, after, signal);
    found.push(...next.models);
    if (next.after === null) break;
    after = next.after;
  }
  return found.flatMap(({ id, display_name: name }): Model[] => {
    if (typeof id !== "string" || id === "" || !isListed(id)) return [];
    const price = priceOf(id);
    return [
      {
        id,
        ...(typeof name === "string" && name !== "" ? { name } : {}),
        ...(price === null ? {} : { cost_per_mtoken: toPerMillion(price) }),
      },
    ];
  });
}
