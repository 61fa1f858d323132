import type { Model } from "../../contract/protocol.ts";
import { isJsonObject } from "../../core/json-object.ts";
import type { Upstream } from "../../transport/client.ts";
import { toPerMillion } from "../provider/model-prices.ts";
import { readListing, type Listing } from "../provider/model-service.ts";
import type { Settings } from "./settings.ts";

/** Models of one page; the API's default is 20. */
const PAGE = 100;
/** A list that is longer, or that leads in a circle, is read no further. */
const MAX_PAGES = 10;

interface Page extends Listing {
  /** Where the next page begins; null on the last. */
  after: string | null;
}

/** One page of `GET /v1/models`. Throws `plugin_invalid_response` for what is no list. */
export async function readPage(
  upstream: Upstream,
  { isListed, priceOf }: Settings,
  { limit, after }: { limit: number; after: string | null },
  signal?: AbortSignal,
): Promise<Page> {
  const query = after === null ? "" : `&after_id=${encodeURIComponent(after)}`;
  const { body } = await upstream.ask({ method: "GET", path: `/v1/models?limit=${limit}${query}` }, signal);
  const listing = readListing(upstream, "/v1/models", body, ({ id, display_name: name }) => {
    if (!isListed(id)) return null;
    const price = priceOf(id);
    return {
      id,
      ...(typeof name === "string" && name !== "" ? { name } : {}),
      ...(price === null ? {} : { cost_per_mtoken: toPerMillion(price) }),
    };
  });
  const last = isJsonObject(body) ? body["last_id"] : undefined;
  const hasMore =
    isJsonObject(body) && body["has_more"] === true && typeof last === "string" && last !== after;
  return { ...listing, after: hasMore ? last : null };
}

/** Every model of the account that the filter lets through. */
export async function listModels(
  upstream: Upstream,
  settings: Settings,
  signal?: AbortSignal,
): Promise<Listing> {
  const models: Model[] = [];
  const warnings = [...settings.notes];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const next: Page = await readPage(upstream, settings, { limit: PAGE, after }, signal);
    models.push(...next.models);
    warnings.push(...next.warnings);
    if (next.after === null) return { models, warnings };
    after = next.after;
  }
  return {
    models,
    warnings: [...warnings, `the list goes on after ${models.length} models, which were read`],
  };
}
