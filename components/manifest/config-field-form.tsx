"use client";

import { ArrowDown, ArrowUp, ChevronRight, Trash2 } from "lucide-react";
import { useState } from "react";
import { KNOWN_FIELD_TYPES } from "@/lib/contract/manifest.ts";
import { IconButton } from "../ui/button.tsx";
import { ChoiceRow, LinesRow, SwitchRow, TextRow, TypedRow } from "./form-fields.tsx";
import { parseTyped, parseTypedNumber, type FormModel } from "./form-model.ts";
import type { FieldPath } from "./manifest-text.ts";

/** One setting of a plugin's config_schema: closed a line, open its fields. */
export function ConfigFieldForm({
  form,
  path,
  index,
  count,
  isNew,
  onMove,
  onRemove,
}: {
  form: FormModel;
  path: FieldPath;
  index: number;
  count: number;
  /** Just added: open, its name waits to be typed. */
  isNew: boolean;
  onMove: (to: number) => void;
  onRemove: () => void;
}) {
  const name = form.text([...path, "name"]);
  const title = name === "" ? `Setting ${index + 1}` : name;
  const errors = form.countErrors(path);
  const [open, setOpen] = useState(isNew || errors > 0);
  return (
    <li className="relative border-t border-line py-1.5 first:border-t-0">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
        <summary className="mr-24 flex min-h-8 list-none items-center gap-2 rounded-md text-sm [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden
            className="size-4 shrink-0 text-muted transition-transform group-open:rotate-90"
          />
          <code className="min-w-0 font-medium wrap-anywhere">{title}</code>
          <span className="text-muted">
            {[
              form.text([...path, "type"]),
              form.value([...path, "required"]) === true ? "required" : "",
              form.value([...path, "sensitive"]) === true ? "secret" : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          {errors > 0 ? (
            <span className="text-bad">{errors === 1 ? "1 error" : `${errors} errors`}</span>
          ) : null}
        </summary>
        <ConfigFieldBody form={form} path={path} isNew={isNew} />
      </details>
      <span className="absolute top-2 right-0 flex">
        <IconButton
          size="sm"
          label={`Move ${title} up`}
          aria-disabled={index === 0 || undefined}
          onClick={() => index > 0 && onMove(index - 1)}
        >
          <ArrowUp aria-hidden />
        </IconButton>
        <IconButton
          size="sm"
          label={`Move ${title} down`}
          aria-disabled={index === count - 1 || undefined}
          onClick={() => index < count - 1 && onMove(index + 1)}
        >
          <ArrowDown aria-hidden />
        </IconButton>
        <IconButton size="sm" label={`Remove ${title}`} onClick={onRemove}>
          <Trash2 aria-hidden />
        </IconButton>
      </span>
    </li>
  );
}

function ConfigFieldBody({ form, path, isNew }: { form: FormModel; path: FieldPath; isNew: boolean }) {
  const at = (key: string) => ({ form, path: [...path, key] });
  const type = form.text([...path, "type"]);
  const parse = (typed: string) => parseTyped(typed, type);
  return (
    <div className="grid gap-x-4 gap-y-3 pt-2 pb-3 sm:pl-6 sm:grid-cols-2">
      <TextRow {...at("name")} label="Name" required mono autoFocus={isNew} />
      <ChoiceRow {...at("type")} label="Type" required options={KNOWN_FIELD_TYPES} />
      <TextRow {...at("description")} label="Description" rows={2} className="sm:col-span-2" />
      <SwitchRow {...at("required")} label="Required" />
      <SwitchRow {...at("sensitive")} label="Secret" />
      {type === "bool" ? (
        <ChoiceRow {...at("default")} label="Default" options={["true", "false"]} none="None" parse={parse} />
      ) : (
        <TypedRow {...at("default")} label="Default" parse={parse} />
      )}
      {type === "bool" ? null : <Rules form={form} path={[...path, "validation"]} type={type} />}
    </div>
  );
}

function Rules({ form, path, type }: { form: FormModel; path: FieldPath; type: string }) {
  const at = (key: string) => ({ form, path: [...path, key] });
  const isNumber = type === "int" || type === "float";
  const number = { parse: parseTypedNumber, inputMode: type === "float" ? "decimal" : "numeric" } as const;
  return (
    <fieldset className="grid gap-x-4 gap-y-3 sm:col-span-2 sm:grid-cols-2">
      <legend className="pb-1 text-sm font-semibold">Rules</legend>
      {isNumber ? (
        <>
          <TypedRow {...at("min")} label="At least" {...number} />
          <TypedRow {...at("max")} label="At most" {...number} />
        </>
      ) : (
        <>
          <TypedRow {...at("min_length")} label="Fewest characters" {...number} />
          <TypedRow {...at("max_length")} label="Most characters" {...number} />
          <TextRow {...at("pattern")} label="Pattern" mono hint="RE2 syntax" />
        </>
      )}
      <LinesRow
        {...at("enum")}
        label="Allowed values"
        hint="One per line; leave empty to allow all"
        parse={(typed) => parseTyped(typed, type)}
      />
    </fieldset>
  );
}
