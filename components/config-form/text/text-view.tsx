"use client";

import { useEffect, useEffectEvent, useId, useMemo, useState, type RefObject } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { Finding } from "@/lib/contract/manifest.ts";
import { CodeEditor, type CodeEditorHandle } from "../../editor/code-editor.tsx";
import { Button } from "../../ui/button.tsx";
import { applyValues, printValues, readValues } from "./config-text.ts";
import { toConfigValues, type FormValues } from "../form-values.ts";
import { Notice } from "../notice.tsx";
import { TEXT_WORDS, type TextDrafts, type TextLanguage } from "./text-drafts.ts";
import { TextFindings } from "./text-findings.tsx";
import type { Place } from "./text-reading.ts";

interface TextViewProps {
  language: TextLanguage;
  config: PluginConfig;
  form: UseFormReturn<FormValues>;
  texts: TextDrafts;
  onTexts: (texts: TextDrafts) => void;
  /** Told where the first error stands; null when none does. */
  onError: (place: Place | null) => void;
  editor: RefObject<CodeEditorHandle | null>;
  /** Asked once, when the text is opened, for the place to show; null for none. */
  takeGoal: () => Place | null;
  readOnly: boolean;
}

/** The draft's explicit values as text. What is typed becomes the draft as soon as it can be read; until then it stays here. */
export function TextView(props: TextViewProps) {
  // JSON of the draft's values; null while a field of the form holds text that is not JSON yet.
  const values = useWatch({
    control: props.form.control,
    compute: (draft: FormValues) => toValuesJson(props.config, draft),
  });
  if (values === null) {
    return (
      <div className="p-4">
        <Notice tone="warn">
          <p>
            A field on the Form tab holds JSON that cannot be read yet. Correct it there first: until then the
            draft cannot be written as {TEXT_WORDS[props.language]}.
          </p>
        </Notice>
      </div>
    );
  }
  return <OpenText {...props} values={values} />;
}

function OpenText({
  language,
  config,
  form,
  texts,
  onTexts,
  onError,
  editor,
  takeGoal,
  readOnly,
  values,
}: TextViewProps & { values: string }) {
  const [line, setLine] = useState<number | null>(null);
  const [shown, setShown] = useState(() => ({ values, text: openText(language, config, texts, values) }));
  // The draft changed elsewhere (a conflict decided, a restored revision): the text follows.
  if (shown.values !== values && texts.broken === null)
    setShown({ values, text: printValues(language, parse(values), config) });
  const { text } = shown;
  const reading = useMemo(() => readValues(language, text, config), [language, text, config]);
  const error = reading.findings.find(({ severity, line }) => severity === "error" && line !== undefined);
  const hintId = useId();

  const report = useEffectEvent(onError);
  useEffect(() => {
    report(error ? toFindingPlace(error) : null);
    return () => report(null);
  }, [error]);
  const open = useEffectEvent(() => {
    const place = takeGoal();
    if (place) editor.current?.reveal(place.line, place.column);
  });
  useEffect(() => open(), []);

  function change(next: string) {
    const read = readValues(language, next, config);
    if (read.values === null) {
      const [problem] = read.findings;
      const message = problem?.message ?? "It cannot be read.";
      const place = problem ? toFindingPlace(problem) : null;
      setShown({ ...shown, text: next });
      onTexts({ ...texts, broken: { language, text: next, message, place } });
      return;
    }
    const applied = applyValues(config, form.getValues(), read.values);
    const json = toValuesJson(config, applied) ?? values;
    setShown({ values: json, text: next });
    onTexts({
      ...texts,
      broken: null,
      readable: { ...texts.readable, [language]: { text: next, values: json } },
    });
    if (json === values) return;
    form.reset(applied, { keepErrors: true, keepTouched: true, keepIsSubmitted: true });
    // Errors of a refused save go as soon as the text mends them.
    if (Object.keys(form.formState.errors).length > 0) void form.trigger();
  }
  return (
    <div className="flex flex-col gap-3 p-4">
      <p id={hintId} className="text-sm text-muted">
        Explicit values only: a field left out uses its default.{" "}
        {language === "yaml" ? "Comments are for reading: values are stored, comments are not. " : null}
        Secrets are entered on the Form tab and never stand here.
      </p>
      <CodeEditor
        ref={editor}
        label={`Configuration as ${TEXT_WORDS[language]}`}
        aria={{
          id: `config-text-${language}`,
          "aria-describedby": hintId,
          ...(reading.values === null ? { "aria-invalid": true } : {}),
        }}
        value={text}
        {...(readOnly ? {} : { onChange: change })}
        language={language}
        findings={{ text, list: reading.findings }}
        onLine={setLine}
        className="h-80"
      />
      <TextFindings
        reading={reading}
        line={line}
        onPick={(finding) => editor.current?.reveal(finding.line ?? 1, finding.column ?? 1)}
      />
      {readOnly ? null : (
        <div>
          <Button
            size="sm"
            variant="ghost"
            onClick={() => change(printValues(language, parse(values), config))}
          >
            {reading.values === null ? "Go back to the last readable values" : "Write anew from the values"}
          </Button>
        </div>
      )}
    </div>
  );
}

function toFindingPlace({ line = 1, column = 1 }: Finding): Place {
  return { line, column };
}

function openText(language: TextLanguage, config: PluginConfig, texts: TextDrafts, values: string): string {
  if (texts.broken?.language === language) return texts.broken.text;
  const kept = texts.readable[language];
  return kept?.values === values ? kept.text : printValues(language, parse(values), config);
}

function toValuesJson(config: PluginConfig, draft: FormValues): string | null {
  try {
    return JSON.stringify(toConfigValues(config.schema, draft));
  } catch {
    return null;
  }
}

function parse(values: string): PluginConfig["values"] {
  return JSON.parse(values) as PluginConfig["values"];
}
