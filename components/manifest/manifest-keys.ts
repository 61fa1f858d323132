import { KNOWN_FIELD_TYPES, PluginType } from "@/lib/contract/manifest.ts";

/** One key a manifest may have, as the editor offers it. */
export interface KnownKey {
  /** A sentence for someone who writes a first manifest. */
  explains: string;
  holds: "text" | "number" | "flag" | "map" | "list" | "anything";
  /** What it may be, where that is a short list. */
  values?: readonly string[];
}

/** Objects of a manifest by path; `[]` stands for every item of a list. `manifest-keys.test.ts` holds it to the contract. */
export type KeyTable = Record<string, Record<string, KnownKey>>;

const FLAGS = ["true", "false"] as const;
const text = (explains: string, values?: readonly string[]): KnownKey => ({
  explains,
  holds: "text",
  ...(values && { values }),
});
const flag = (explains: string): KnownKey => ({ explains, holds: "flag", values: FLAGS });
const number = (explains: string): KnownKey => ({ explains, holds: "number" });
const map = (explains: string): KnownKey => ({ explains, holds: "map" });
const list = (explains: string): KnownKey => ({ explains, holds: "list" });

export const MANIFEST_KEYS: KeyTable = {
  "": {
    type: text("How the console talks to the plugin.", PluginType.options),
    endpoint: text("Base address of the running plugin, such as http://127.0.0.1:8090."),
    metadata: map("What the plugin says about itself."),
    auto_start: flag("Whether it is enabled as soon as it is registered."),
    health_check_interval: number("Seconds between health checks, 5 to 3600; 60 when absent."),
    command: text(
      "Program that starts the plugin. Run only where the operator allows it and an admin approved it.",
    ),
    args: list("Arguments of the command, one each."),
    env: map("Environment variables of the command. Never put secrets here."),
  },
  metadata: {
    name: text("What people call it."),
    version: text('Version of the plugin, in quotes: "1.0.0".'),
    plugin_api_version: text("Version of the plugin protocol it speaks.", ['"1.0.0"']),
    provider_type: text("Short identifier, the same the running plugin reports: acme."),
    description: text("One sentence about what it offers."),
    author: text("Who made it."),
    homepage: text("Web page about it, http or https."),
    license: text("Its license, such as MIT."),
    capabilities: map("What it can do. Everything not named is off."),
    config_schema: list("The settings people fill in before it can be enabled."),
  },
  "metadata.capabilities": {
    streaming: flag("Answers arrive word by word."),
    function_calling: flag("Accepts tools and calls them."),
    vision: flag("Accepts images beside text."),
    embeddings: flag("Turns text into vectors."),
    fine_tuning: flag("Can train models of its own."),
    custom_capabilities: map("Anything else it can do, by names of your own."),
  },
  "metadata.config_schema[]": {
    name: text("Key of the setting, as the plugin reads it: api_key."),
    type: text("What people may enter.", KNOWN_FIELD_TYPES),
    required: flag("Whether it must have a value before the plugin can be enabled."),
    description: text("What to enter and where to find it."),
    default: { explains: "Used while nobody entered a value.", holds: "anything" },
    sensitive: flag("A secret: stored sealed, never shown again. Must not have a default."),
    validation: map("Rules the value has to keep."),
  },
  "metadata.config_schema[].validation": {
    min_length: number("Fewest characters of a string."),
    max_length: number("Most characters of a string."),
    pattern: text("Regular expression a string must match (RE2 syntax)."),
    min: number("Smallest number."),
    max: number("Largest number."),
    enum: list("The only values that are allowed."),
  },
};

/** The keys of the object at a path, `metadata.config_schema[]`. What stands beside `metadata` by mistake is known too. */
export function findKnownKeys(path: string): Record<string, KnownKey> | null {
  const inside = /^(capabilities|config_schema)/.test(path) ? `metadata.${path}` : path;
  return Object.hasOwn(MANIFEST_KEYS, inside) ? (MANIFEST_KEYS[inside] ?? null) : null;
}
