"use client";

import { lazy, Suspense, type ComponentType } from "react";
import { Skeleton } from "../../ui/skeleton.tsx";
import { RadioWidget, SelectWidget } from "./choice-widgets.tsx";
import type { FieldKind } from "./field-kind.ts";
import { OnOffWidget, SwitchWidget } from "./switch-widgets.tsx";
import { JsonWidget, MultilineWidget, NumberWidget, TextWidget } from "./text-widgets.tsx";
import type { WidgetProps } from "./widget-props.ts";

// Few plugins have a list this long: the combobox is fetched by those only.
const LazySearch = lazy(async () => ({ default: (await import("./search-widget.tsx")).SearchWidget }));

function SearchWidget(props: WidgetProps) {
  return (
    <Suspense fallback={<Skeleton className="h-8 max-w-96" />}>
      <LazySearch {...props} />
    </Suspense>
  );
}

/** One widget per kind; the compiler misses none. */
export const WIDGETS = {
  text: TextWidget,
  multiline: MultilineWidget,
  number: NumberWidget,
  switch: SwitchWidget,
  onOff: OnOffWidget,
  radio: RadioWidget,
  select: SelectWidget,
  search: SearchWidget,
  json: JsonWidget,
} satisfies Record<FieldKind, ComponentType<WidgetProps>>;
