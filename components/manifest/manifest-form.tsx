"use client";

import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { INTERVAL_SECONDS, PluginType, type Finding } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import { ConfigFieldForm } from "./config-field-form.tsx";
import { ChoiceRow, SwitchRow, TextRow, TypedRow } from "./form-fields.tsx";
import { createFormModel, parseTypedNumber, type FormModel } from "./form-model.ts";

const CAPABILITIES = [
  ["streaming", "Streaming"],
  ["function_calling", "Function calling"],
  ["vision", "Vision"],
  ["embeddings", "Embeddings"],
  ["fine_tuning", "Fine-tuning"],
] as const;

/**
 * The main fields of a manifest text. Every change is a change of the text that leaves all else as it was written.
 * Only for text the server has read: what it refuses must not be parsed here.
 */
export function ManifestForm({
  text,
  findings,
  onChange,
}: {
  text: string;
  findings: readonly Finding[];
  onChange: (text: string) => void;
}) {
  const form = createFormModel(text, findings, onChange);
  if (form === null) return <p className="text-muted">This text is no manifest a form can show.</p>;
  const at = (...path: string[]) => ({ form, path });
  const about = (key: string) => at("metadata", key);
  const isBuiltin = form.text(["type"]) === "builtin";
  return (
    <div className="flex flex-col gap-5 pt-1">
      <Section title="Plugin">
        <ChoiceRow {...at("type")} label="Type" required options={PluginType.options} />
        {isBuiltin && form.text(["endpoint"]) === "" ? null : (
          <TextRow {...at("endpoint")} label="Endpoint" required={!isBuiltin} mono />
        )}
        <TextRow {...about("name")} label="Name" required />
        <TextRow {...about("provider_type")} label="Provider type" required mono />
        <TextRow {...about("version")} label="Version" required mono />
        <TextRow {...about("author")} label="Author" />
        <TextRow {...about("description")} label="Description" rows={2} className="sm:col-span-2" />
        <TextRow {...about("homepage")} label="Homepage" mono className="sm:col-span-2" />
      </Section>
      <Section title="Capabilities">
        {CAPABILITIES.map(([key, label]) => (
          <SwitchRow key={key} {...at("metadata", "capabilities", key)} label={label} />
        ))}
      </Section>
      <Section title="Running">
        <SwitchRow {...at("auto_start")} label="Enable as soon as it is registered" />
        <TypedRow
          {...at("health_check_interval")}
          label="Seconds between health checks"
          hint={`${INTERVAL_SECONDS.min} to ${INTERVAL_SECONDS.max}; ${INTERVAL_SECONDS.default} when empty`}
          parse={parseTypedNumber}
          inputMode="numeric"
        />
      </Section>
      <ConfigFields form={form} />
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="grid min-w-0 gap-x-4 gap-y-3 sm:grid-cols-2">
      <legend className="pb-2 font-semibold">{title}</legend>
      {children}
    </fieldset>
  );
}

const SCHEMA = ["metadata", "config_schema"];

function ConfigFields({ form }: { form: FormModel }) {
  const [added, setAdded] = useState<number | null>(null);
  const fields = form.value(SCHEMA);
  const count = Array.isArray(fields) ? fields.length : 0;
  const findings = form.findings(SCHEMA);

  function add() {
    setAdded(count);
    form.edit({ kind: "add", path: SCHEMA, value: { name: "", type: "string" } });
  }
  return (
    <section aria-label="Settings" className="flex flex-col gap-2">
      <h3 className="font-semibold">Settings people fill in</h3>
      {findings.map(({ code, message, fix }) => (
        <p key={code} className="text-sm wrap-anywhere text-bad">
          {message} {fix}
        </p>
      ))}
      {count === 0 ? (
        <p className="text-sm text-muted">None: the plugin can be enabled without being configured.</p>
      ) : (
        <ul className="rounded-md border border-line px-2">
          {Array.from({ length: count }, (_, index) => (
            <ConfigFieldForm
              key={index}
              form={form}
              path={[...SCHEMA, index]}
              index={index}
              count={count}
              isNew={index === added}
              onMove={(to) => {
                setAdded(null);
                form.edit({ kind: "move", path: SCHEMA, index, to });
              }}
              onRemove={() => {
                setAdded(null);
                form.edit({ kind: "remove", path: SCHEMA, index });
              }}
            />
          ))}
        </ul>
      )}
      <Button size="sm" icon={<Plus aria-hidden />} className="self-start" onClick={add}>
        Add a setting
      </Button>
    </section>
  );
}
