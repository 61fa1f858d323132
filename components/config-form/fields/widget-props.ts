import type { ConfigField } from "@/lib/contract/manifest.ts";
import type { FieldAria } from "../../ui/field.tsx";
import type { FieldDraft } from "./field-draft.ts";

/** What every widget gets. `draft` null means not set: show the default as what applies, never as something typed. */
export interface WidgetProps {
  field: ConfigField;
  draft: FieldDraft;
  aria: FieldAria;
  onChange: (draft: FieldDraft) => void;
  onBlur: () => void;
}
