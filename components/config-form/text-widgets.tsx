import { Input, Textarea } from "../ui/input.tsx";
import { formatValue } from "./field-kind.ts";
import { typedDraft } from "./field-draft.ts";
import type { WidgetProps } from "./widget-props.ts";

/** What the three typed widgets share. Never `type=number`: it hides what was typed when it is not a number. */
function toTextProps({ field, draft, aria, onChange, onBlur }: WidgetProps) {
  return {
    ...aria,
    name: field.name,
    mono: true,
    value: typeof draft === "string" ? draft : "",
    placeholder: field.default === undefined || field.default === "" ? "" : formatValue(field.default),
    autoComplete: "off",
    spellCheck: false,
    onBlur,
    onChange: (event: { target: { value: string } }) => onChange(typedDraft(field, event.target.value)),
  };
}

export function TextWidget(props: WidgetProps) {
  return <Input {...toTextProps(props)} />;
}

export function MultilineWidget(props: WidgetProps) {
  const { draft, field } = props;
  const text = [draft, field.default].find((one) => typeof one === "string") ?? "";
  // Many long texts are addresses: it starts as one line and grows.
  return (
    <Textarea {...toTextProps(props)} rows={Math.min(text.split("\n").length, 12)} className="min-h-8!" />
  );
}

export function NumberWidget(props: WidgetProps) {
  return (
    <Input
      inputMode={props.field.type === "int" ? "numeric" : "decimal"}
      {...toTextProps(props)}
      className="max-w-60"
    />
  );
}

export function JsonWidget(props: WidgetProps) {
  return <Textarea rows={3} {...toTextProps(props)} />;
}
