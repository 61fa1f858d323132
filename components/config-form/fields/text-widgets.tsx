import { Input, Textarea } from "../../ui/input.tsx";
import { formatValue } from "./field-kind.ts";
import { toInputText, typedDraft } from "./field-draft.ts";
import { toNameHint } from "./name-hint.ts";
import type { WidgetProps } from "./widget-props.ts";

/** What the three typed widgets share. Never `type=number`: it hides what was typed when it is not a number. */
function toTextProps({ field, draft, aria, onChange, onBlur }: WidgetProps) {
  return {
    ...aria,
    name: field.name,
    mono: true,
    value: toInputText(draft),
    placeholder: field.default === undefined || field.default === "" ? "" : formatValue(field.default),
    autoComplete: "off",
    spellCheck: false,
    onBlur,
    onChange: (event: { target: { value: string } }) => onChange(typedDraft(field, event.target.value)),
  };
}

export function TextWidget(props: WidgetProps) {
  const hint = toNameHint(props.field)?.kind;
  const mode = hint === "url" ? "url" : hint === "port" ? "numeric" : undefined;
  return <Input inputMode={mode} {...toTextProps(props)} className={hint === "port" ? "max-w-60" : ""} />;
}

export function MultilineWidget(props: WidgetProps) {
  const { draft, field } = props;
  const text = toInputText(draft) || toInputText(typeof field.default === "string" ? field.default : null);
  // Many long texts are addresses: it starts as one line and grows, unless its name promises more.
  const isProse = toNameHint(field)?.kind === "multiline";
  const rows = Math.min(Math.max(text.split("\n").length, isProse ? 3 : 1), 12);
  return <Textarea {...toTextProps(props)} rows={rows} className={isProse ? "" : "min-h-8!"} />;
}

export function NumberWidget(props: WidgetProps) {
  const unit = toNameHint(props.field)?.unit;
  return (
    <span className="flex items-center gap-2">
      <Input
        inputMode={props.field.type === "int" ? "numeric" : "decimal"}
        {...toTextProps(props)}
        className="max-w-60"
      />
      {unit ? <span className="text-sm text-muted">{unit}</span> : null}
    </span>
  );
}

export function JsonWidget(props: WidgetProps) {
  return <Textarea rows={3} {...toTextProps(props)} />;
}
