"use client";

import { useWatch, type Control } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { findLeftBehind, type LeftBehind } from "../draft-origin.ts";
import type { FormValues } from "../form-values.ts";

/** Which secrets the form leaves behind as it stands. */
export function useLeftBehind(config: PluginConfig, control: Control<FormValues>): LeftBehind | null {
  // Looked up with each rendering: what is stored changes without an edit of the form, by a save for one.
  return findLeftBehind(config, useWatch({ control }) as FormValues);
}
