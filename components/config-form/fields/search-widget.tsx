"use client";

import { Combobox } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown } from "lucide-react";
import { formatValue } from "./field-kind.ts";
import { toChosenCode, toOptions, type Option } from "./options.ts";
import type { WidgetProps } from "./widget-props.ts";

/** A long list of choices with a search. Emptying the search box sets the field back to "not set". */
export function SearchWidget({ field, draft, aria, onChange, onBlur }: WidgetProps) {
  const options = toOptions(field, draft);
  return (
    <Combobox.Root
      items={options}
      value={options.find(({ code }) => code === toChosenCode(draft)) ?? null}
      onValueChange={(option: Option | null) => onChange(option?.code ?? null)}
      isItemEqualToValue={(one: Option, other: Option) => one.code === other.code}
    >
      <Combobox.InputGroup className="relative max-w-96">
        <Combobox.Input
          {...aria}
          placeholder={field.default === undefined ? "Search and choose" : formatValue(field.default)}
          onBlur={onBlur}
          className="control h-8 pr-9 font-mono text-sm"
        />
        <ChevronsUpDown
          aria-hidden
          className="pointer-events-none absolute top-2 right-2.5 size-4 text-muted"
        />
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} className="z-40">
          <Combobox.Popup className="w-(--anchor-width) min-w-56 rounded-md border border-line-strong bg-surface shadow-float">
            <Combobox.Empty className="px-3 py-2 text-sm text-muted empty:p-0">
              Nothing matches.
            </Combobox.Empty>
            <Combobox.List className="max-h-72 overflow-y-auto py-1">
              {(option: Option) => (
                <Combobox.Item
                  key={option.code}
                  value={option}
                  className="flex min-h-8 items-center gap-2 px-3 font-mono text-sm data-highlighted:bg-sunken"
                >
                  <span className="min-w-0 flex-1 wrap-anywhere">{option.label}</span>
                  {option.note ? <span className="font-sans text-muted">{option.note}</span> : null}
                  <Combobox.ItemIndicator>
                    <Check aria-hidden className="size-4 text-accent" />
                  </Combobox.ItemIndicator>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
