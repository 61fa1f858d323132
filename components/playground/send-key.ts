/** What browsers report for a key that an input method has taken; Safari says so only here. */
const TAKEN_BY_INPUT_METHOD = 229;

/** Whether a key press means "send": Enter or ⌘/Ctrl + Enter, but not Shift + Enter, nor the Enter that ends a composed character. */
export function isSendKey(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "isComposing" | "keyCode">,
): boolean {
  if (event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD) return false;
  return event.key === "Enter" && !event.shiftKey && !event.altKey;
}
