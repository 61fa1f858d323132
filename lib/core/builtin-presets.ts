import type { ConfigValues } from "../contract/plugin.ts";

/** A service that a built-in plugin is ready for: choosing it fills in what everybody would type. */
export interface BuiltinPreset {
  /** Stable; travels as `preset` beside `builtin`. */
  id: string;
  /** The service's own name, and the first suggestion for the plugin's. */
  title: string;
  /** Stored as explicit values when the plugin is registered; nothing is contacted. */
  values: ConfigValues;
  /** It runs on a machine of one's own and wants no key. */
  local: boolean;
}

/** Addresses as the services document them; local ones are the ports their programs choose by themselves. */
const PRESETS: Readonly<Record<string, readonly BuiltinPreset[]>> = {
  "openai-compatible": [
    remote("openai", "OpenAI", "https://api.openai.com/v1"),
    local("ollama", "Ollama", "http://127.0.0.1:11434/v1"),
    local("vllm", "vLLM", "http://127.0.0.1:8000/v1"),
    local("lm-studio", "LM Studio", "http://127.0.0.1:1234/v1"),
    remote("openrouter", "OpenRouter", "https://openrouter.ai/api/v1"),
    remote("groq", "Groq", "https://api.groq.com/openai/v1"),
    remote("mistral", "Mistral", "https://api.mistral.ai/v1"),
    azure(),
    remote("deepseek", "DeepSeek", "https://api.deepseek.com/v1"),
  ],
};

function remote(id: string, title: string, baseUrl: string): BuiltinPreset {
  return { id, title, values: { base_url: baseUrl }, local: false };
}

function local(id: string, title: string, baseUrl: string): BuiltinPreset {
  return { id, title, values: { base_url: baseUrl }, local: true };
}

/** Each resource has an address of its own, which a person completes. */
function azure(): BuiltinPreset {
  const values = {
    base_url: "https://YOUR-RESOURCE.openai.azure.com/openai/v1",
    key_header: "api-key",
    api_version: "preview",
  };
  return { id: "azure", title: "Azure OpenAI", values, local: false };
}

export function presetsOf(builtin: string): readonly BuiltinPreset[] {
  return Object.hasOwn(PRESETS, builtin) ? (PRESETS[builtin] ?? []) : [];
}
