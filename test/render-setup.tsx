import { cleanup, configure } from "@testing-library/react";
import type { ComponentProps } from "react";
import { afterEach, beforeAll, vi } from "vitest";
import { clearDrafts } from "../lib/client/draft.ts";
import { router } from "./render-router.ts";

// What Next does needs Next: where a component leads is read from `router`, and its links are links.
vi.mock("next/navigation", () => ({
  useRouter: () => router,
  usePathname: () => window.location.pathname,
  useSearchParams: () => new URLSearchParams(window.location.search),
  useSelectedLayoutSegment: () => null,
}));
vi.mock("next/link", () => ({
  default: ({ prefetch: _, ...props }: ComponentProps<"a"> & { prefetch?: unknown }) => <a {...props} />,
}));

// As `test/patience.ts`: only a test that never ends well uses this up.
configure({
  asyncUtilTimeout: 30_000,
  getElementError: (message, container) =>
    new Error(`${message?.split("\n", 1)[0]}\n${container.textContent}`.slice(0, 2_000)),
});

beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  // happy-dom has no top layer.
  Object.assign(HTMLElement.prototype, { showPopover: () => undefined, hidePopover: () => undefined });
});

afterEach(() => {
  cleanup();
  clearDrafts();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});
