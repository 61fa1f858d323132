import { MessageSquare } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { formatTokens, formatUsd } from "@/components/ui/numbers.ts";
import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table.tsx";
import type { Model } from "@/lib/contract/protocol.ts";
import { CapabilityChips } from "./capability-chips.tsx";
import { toChatPath } from "./plugin-path.ts";

/** Positioned, so that what is there for screen readers only does not widen the page beside the scrolling table. */
export function ModelTable({ pluginId, models }: { pluginId: string; models: Model[] }) {
  return (
    <div className="relative overflow-hidden rounded-b-lg">
      <Table label="Every model">
        <THead>
          <Tr>
            <Th>Model</Th>
            <Th figure>Context</Th>
            <Th figure>Max output</Th>
            <Th figure>USD per 1M tokens</Th>
            <Th>Capabilities</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </Tr>
        </THead>
        <TBody>
          {models.map((model) => (
            <Tr key={model.id}>
              <Td className="min-w-52">
                <ModelName model={model} />
              </Td>
              <Td figure>{formatTokens(model.context_window)}</Td>
              <Td figure>{formatTokens(model.max_output_tokens)}</Td>
              <Td figure>{formatUsd(model.cost_per_mtoken)}</Td>
              <Td>{model.capabilities ? <CapabilityChips capabilities={model.capabilities} /> : "—"}</Td>
              <Td className="text-right">
                <ButtonLink
                  size="sm"
                  href={toChatPath(pluginId, model.id)}
                  icon={<MessageSquare aria-hidden />}
                  aria-label={`Chat with ${model.name ?? model.id}`}
                >
                  Chat
                </ButtonLink>
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </div>
  );
}

function ModelName({ model }: { model: Model }) {
  const hasName = model.name !== undefined && model.name !== model.id;
  return (
    <div className="flex flex-col">
      <span className="flex flex-wrap items-center gap-x-2">
        {hasName ? <span className="font-medium wrap-anywhere">{model.name}</span> : null}
        {model.deprecated ? (
          <span className="inline-flex h-5 items-center rounded-full bg-warn-soft px-2 text-xs font-medium text-warn">
            deprecated
          </span>
        ) : null}
      </span>
      <span className="inline-flex items-center gap-1">
        <code className={hasName ? "text-muted wrap-anywhere" : "wrap-anywhere"}>{model.id}</code>
        <CopyButton value={model.id} label={`Copy ${model.id}`} />
      </span>
      {model.description ? (
        <span className="max-w-prose text-sm text-muted wrap-anywhere">{model.description}</span>
      ) : null}
    </div>
  );
}
