"use client";

import { useWatch, type Control } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { findLeftBehind, type LeftBehind } from "./draft-origin.ts";
import type { FormValues } from "./form-values.ts";

/** Which secrets the form leaves behind as it stands. */
export function useLeftBehind(config: PluginConfig, control: Control<FormValues>): LeftBehind | null {
  return useWatch({ control, compute: (values: FormValues) => findLeftBehind(config, values) });
}
