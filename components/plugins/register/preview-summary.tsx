import type { ConfigField, Manifest } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";
import { CapabilityChips } from "../capability-chips.tsx";
import { Fact, FactList } from "../fact-list.tsx";

/** What a manifest or a running plugin says it is. */
export function PreviewSummary({
  manifest,
  values,
  calls,
}: {
  manifest: Manifest;
  /** What registering sets. */
  values: ConfigValues;
  calls: string[];
}) {
  const { metadata, endpoint } = manifest;
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p className="text-lg font-semibold wrap-anywhere">{metadata.name}</p>
        {metadata.description ? <p className="text-muted wrap-anywhere">{metadata.description}</p> : null}
      </div>
      <FactList>
        <Fact name="Provider type">{metadata.provider_type}</Fact>
        <Fact name="Version">{metadata.version}</Fact>
        <Fact name={endpoint ? "Address" : "Transport"}>
          {endpoint ? <code>{endpoint}</code> : manifest.type === "builtin" ? "built in" : manifest.type}
        </Fact>
        <Fact name="Capabilities">
          <CapabilityChips capabilities={metadata.capabilities} />
        </Fact>
        <Fact name="Health check">every {manifest.health_check_interval} s</Fact>
        <Fact name="Configuration">
          <ConfigNames schema={metadata.config_schema} />
        </Fact>
        {Object.keys(values).length > 0 ? (
          <Fact name="Sets">
            <ConfigSettings values={values} />
          </Fact>
        ) : null}
        {calls.length > 0 ? (
          <Fact name="Enabling calls">
            <ol className="flex flex-col">
              {calls.map((call) => (
                <li key={call}>
                  <code>{call}</code>
                </li>
              ))}
            </ol>
          </Fact>
        ) : null}
      </FactList>
    </div>
  );
}

function ConfigSettings({ values }: { values: ConfigValues }) {
  return (
    <ul className="flex flex-col">
      {Object.entries(values).map(([name, value]) => (
        <li key={name} className="flex flex-wrap gap-x-2">
          <code className="text-muted">{name}</code>{" "}
          <code className="min-w-0 wrap-anywhere">
            {typeof value === "string" ? value : JSON.stringify(value)}
          </code>
        </li>
      ))}
    </ul>
  );
}

function ConfigNames({ schema }: { schema: ConfigField[] }) {
  if (schema.length === 0) return "nothing to fill in";
  return (
    <span className="flex flex-wrap gap-x-3">
      {schema.map((field) => (
        <span key={field.name}>
          <code>{field.name}</code>
          {field.required && field.default === undefined ? (
            <span className="text-bad" title="required">
              {" "}
              *<span className="sr-only">required</span>
            </span>
          ) : null}
        </span>
      ))}
    </span>
  );
}
