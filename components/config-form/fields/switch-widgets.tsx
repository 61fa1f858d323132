import { Switch } from "../../ui/switch.tsx";
import { ChoiceList } from "./choice-list.tsx";
import type { WidgetProps } from "./widget-props.ts";

/** Shows the value in effect, set or default. */
export function SwitchWidget({ field, draft, aria, onChange }: WidgetProps) {
  const effective = draft === null ? field.default === true : draft === true;
  return (
    <div className="flex h-8 items-center gap-2">
      <Switch {...aria} checked={effective} onCheckedChange={onChange} />
      <span aria-hidden className="text-sm text-muted">
        {effective ? "On" : "Off"}
      </span>
    </div>
  );
}

/** For a required one without a default: neither side is presumed. */
export function OnOffWidget({ field, draft, aria, onChange, onBlur }: WidgetProps) {
  return (
    <ChoiceList
      aria={aria}
      name={field.name}
      choices={[
        { key: "on", label: "On", checked: draft === true, onPick: () => onChange(true) },
        { key: "off", label: "Off", checked: draft === false, onPick: () => onChange(false) },
      ]}
      onBlur={onBlur}
    />
  );
}
