"use client";

import { useState, type ReactNode } from "react";
import type { Finding, Json } from "@/lib/contract/manifest.ts";
import { Field } from "../ui/field.tsx";
import { Input, Select, Textarea } from "../ui/input.tsx";
import { Switch } from "../ui/switch.tsx";
import type { FormModel } from "./form-model.ts";
import type { FieldPath } from "./manifest-text.ts";

interface Common {
  form: FormModel;
  path: FieldPath;
  label: string;
  hint?: string;
  required?: boolean;
  className?: string;
}

/** Label, control, what was found about it. */
function FormField({
  form,
  path,
  label,
  hint,
  required = false,
  className,
  children,
}: Common & { children: Parameters<typeof Field>[0]["children"] }) {
  const findings = form.findings(path);
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning");
  return (
    <Field
      label={label}
      required={required}
      {...(className && { className })}
      error={errors.length > 0 ? toSentence(errors) : null}
      hint={warnings.length > 0 ? <Warning>{toSentence(warnings)}</Warning> : hint}
    >
      {children}
    </Field>
  );
}

function toSentence(findings: readonly Finding[]): string {
  return findings.map(({ message, fix }) => [message, fix].filter(Boolean).join(" ")).join(" ");
}

function Warning({ children }: { children: ReactNode }) {
  return <span className="text-warn">{children}</span>;
}

/** One line or, with `rows`, several. An optional one that is left empty goes away. */
export function TextRow({
  rows,
  mono = false,
  autoFocus = false,
  ...common
}: Common & { rows?: number; mono?: boolean; autoFocus?: boolean }) {
  const { form, path, required } = common;
  const control = {
    value: form.text(path),
    mono,
    autoFocus,
    autoComplete: "off",
    spellCheck: false,
    onChange: (event: { target: { value: string } }) => form.set(path, event.target.value),
    onBlur: () => {
      if (!required && form.value(path) === "") form.set(path, undefined);
    },
  };
  return (
    <FormField {...common}>
      {(aria) =>
        rows === undefined ? (
          <Input {...aria} {...control} />
        ) : (
          <Textarea {...aria} {...control} rows={rows} className="min-h-14" />
        )
      }
    </FormField>
  );
}

/** Text that is read as something else; what was typed stays while it is typed. */
export function TypedRow({
  parse,
  inputMode,
  ...common
}: Common & { parse: (typed: string) => Json | undefined; inputMode?: "numeric" | "decimal" }) {
  const { form, path } = common;
  const written = form.text(path);
  const [typed, setTyped] = useState(written);
  const isTyped = JSON.stringify(parse(typed)) === JSON.stringify(form.value(path));
  return (
    <FormField {...common}>
      {(aria) => (
        <Input
          {...aria}
          mono
          {...(inputMode && { inputMode })}
          autoComplete="off"
          spellCheck={false}
          value={isTyped ? typed : written}
          onChange={(event) => {
            setTyped(event.target.value);
            form.set(path, parse(event.target.value));
          }}
        />
      )}
    </FormField>
  );
}

/** One value per line. */
export function LinesRow({ parse, ...common }: Common & { parse: (typed: string) => Json | undefined }) {
  const { form, path } = common;
  const value = form.value(path);
  const written = Array.isArray(value)
    ? value.map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
    : [];
  const [typed, setTyped] = useState(written.join("\n"));
  const toList = (text: string) =>
    text
      .split("\n")
      .map((line) => parse(line.trim()))
      .filter((one) => one !== undefined);
  const isTyped = JSON.stringify(toList(typed)) === JSON.stringify(value ?? []);
  return (
    <FormField {...common}>
      {(aria) => (
        <Textarea
          {...aria}
          mono
          rows={2}
          className="min-h-14"
          spellCheck={false}
          value={isTyped ? typed : written.join("\n")}
          onChange={(event) => {
            setTyped(event.target.value);
            const list = toList(event.target.value);
            form.set(path, list.length === 0 ? undefined : list);
          }}
        />
      )}
    </FormField>
  );
}

/** One of a few values. What is written and is none of them stays choosable. */
export function ChoiceRow({
  options,
  none,
  parse = (typed) => typed,
  ...common
}: Common & {
  options: readonly string[];
  /** Words for "not there"; absent where it must be. */
  none?: string;
  parse?: (typed: string) => Json | undefined;
}) {
  const { form, path } = common;
  const value = form.text(path);
  const isOther = value !== "" && !options.includes(value);
  return (
    <FormField {...common}>
      {(aria) => (
        <Select
          {...aria}
          value={value}
          onChange={(event) =>
            form.set(path, event.target.value === "" ? undefined : parse(event.target.value))
          }
        >
          {none !== undefined || value === "" ? <option value="">{none ?? "Choose"}</option> : null}
          {isOther ? <option value={value}>{value}</option> : null}
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </Select>
      )}
    </FormField>
  );
}

/** On, or not there: every switch of a manifest is off by default. */
export function SwitchRow({ form, path, label, hint }: Common) {
  const findings = form.findings(path);
  const isError = findings.some(({ severity }) => severity === "error");
  return (
    <div className="flex flex-col gap-0.5">
      <label className="flex min-h-8 items-center gap-2.5">
        <Switch
          label={label}
          checked={form.value(path) === true}
          onCheckedChange={(on) => form.set(path, on || form.value(path) !== undefined ? on : undefined)}
        />
        <span className="text-sm">{label}</span>
      </label>
      {findings.length > 0 ? (
        <p className={`text-sm wrap-anywhere ${isError ? "text-bad" : "text-warn"}`}>
          {toSentence(findings)}
        </p>
      ) : hint ? (
        <p className="text-sm text-muted">{hint}</p>
      ) : null}
    </div>
  );
}
