/** Whether a key press means "send": Enter or ⌘/Ctrl + Enter, but not Shift + Enter, nor the Enter that ends a composed character. */
export function isSendKey(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "isComposing">,
): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing;
}
