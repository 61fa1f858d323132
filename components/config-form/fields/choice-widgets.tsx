import { Select } from "../../ui/input.tsx";
import { ChoiceList } from "./choice-list.tsx";
import { formatValue, toChoiceCode, toOwnType } from "./field-kind.ts";
import { toChosenCode, toOptions, type Option } from "./options.ts";
import type { WidgetProps } from "./widget-props.ts";

export function RadioWidget({ field, draft, aria, onChange, onBlur }: WidgetProps) {
  const options = toOptions(field, draft);
  const effective =
    toChosenCode(draft) ?? (field.default === undefined ? null : toChoiceCode(field, field.default));
  return (
    <ChoiceList
      aria={aria}
      name={field.name}
      choices={options.map(({ code, label, note }) => ({
        key: code,
        label,
        ...(note ? { note } : {}),
        checked: code === effective,
        onPick: () => onChange(code),
      }))}
      onBlur={onBlur}
    />
  );
}

export function SelectWidget({ field, draft, aria, onChange, onBlur }: WidgetProps) {
  return (
    <Select
      {...aria}
      mono
      className="max-w-96"
      value={toChosenCode(draft) ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      onBlur={onBlur}
    >
      <option value="">{unsetLabel(field)}</option>
      {toOptions(field, draft).map((option) => (
        <option key={option.code} value={option.code}>
          {describeOption(option)}
        </option>
      ))}
    </Select>
  );
}

function unsetLabel(field: WidgetProps["field"]): string {
  if (field.default !== undefined) return `Default: ${formatValue(toOwnType(field, field.default))}`;
  return field.required ? "Choose one" : "Not set";
}

function describeOption({ label, note }: Option): string {
  return note ? `${label} (${note})` : label;
}
