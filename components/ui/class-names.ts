import { clsx, type ClassValue } from "clsx";

/** Joins class names, leaving out what is falsy. Later classes do not override earlier ones: give a component variants instead. */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes);
}
