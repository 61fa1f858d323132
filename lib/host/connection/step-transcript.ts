import type { ConfigField } from "../../contract/manifest.ts";
import type { ConfigValues, LifecycleStep } from "../../contract/plugin.ts";
import { redactSensitive } from "../../core/config.ts";
import type { Reply } from "../../transport/client.ts";

/** Of an answer, characters of JSON. */
const ANSWER_MAX = 4_000;
/** A value that takes more says no more, characters of JSON. */
const VALUE_MAX = 500;

/** What `/initialize` is sent, for people: secrets as a word, long values as their length. */
export function toRequest(config: ConfigValues, schema: readonly ConfigField[]): ConfigValues {
  const shown = Object.entries(redactSensitive(schema, config)).map(([name, value]) => {
    const { length } = JSON.stringify(value);
    return [name, length > VALUE_MAX ? `… ${length.toLocaleString("en")} characters` : value] as const;
  });
  return Object.fromEntries(shown);
}

/** What was understood of an answer and what had to be forgiven, for people. Its transport has removed the secrets. */
export function toAnswer({
  value,
  warnings,
}: Pick<Reply<unknown>, "value" | "warnings">): Pick<LifecycleStep, "answer" | "warnings"> {
  const forgiven = warnings.length === 0 ? {} : { warnings };
  if (value === null) return forgiven;
  const text = JSON.stringify(value, null, 2);
  const rest = text.length - ANSWER_MAX;
  const answer =
    rest > 0 ? `${copy(text.slice(0, ANSWER_MAX))}\n… ${rest.toLocaleString("en")} characters more` : text;
  return { answer, ...forgiven };
}

/** A slice keeps the text alive it was taken from, which may have megabytes. */
function copy(slice: string): string {
  return Buffer.from(slice).toString();
}
