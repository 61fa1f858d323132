const WORDS = {
  streaming: "streaming",
  function_calling: "function calling",
  vision: "vision",
  embeddings: "embeddings",
  fine_tuning: "fine-tuning",
} as const;

/** What a plugin or model declares it can do. */
export function CapabilityChips({ capabilities }: { capabilities: Record<string, unknown> }) {
  const declared = Object.entries(WORDS).filter(([name]) => capabilities[name] === true);
  const own = Object.entries(capabilities["custom_capabilities"] ?? {}).filter(
    ([, value]) => value !== false,
  );
  const words = [...declared.map(([, word]) => word), ...own.map(([name]) => name)];
  if (words.length === 0) return <span className="text-muted">chat only</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {words.map((word) => (
        <span
          key={word}
          className="inline-flex h-5 items-center rounded-full bg-idle-soft px-2 text-xs font-medium text-idle"
        >
          {word}
        </span>
      ))}
    </span>
  );
}
