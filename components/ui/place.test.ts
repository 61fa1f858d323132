import { describe, expect, it } from "vitest";
import { place } from "./place.ts";

const view = { width: 400, height: 300 };
const box = { width: 100, height: 40 };
const anchor = (left: number, top: number) => ({ left, top, right: left + 20, bottom: top + 20 });

describe("place", () => {
  it("centres above its anchor", () => {
    const spot = place(anchor(200, 150), box, view, { side: "top", align: "center", gap: 8 });
    expect(spot).toEqual({ left: 160, top: 102 });
  });

  it("goes below when there is no room above, and above when there is none below", () => {
    expect(place(anchor(200, 10), box, view, { side: "top", align: "center", gap: 8 }).top).toBe(38);
    expect(place(anchor(200, 270), box, view, { side: "bottom", align: "center", gap: 8 }).top).toBe(222);
  });

  it("stays inside the window at its edges", () => {
    expect(place(anchor(0, 150), box, view, { side: "bottom", align: "end", gap: 8 }).left).toBe(8);
    expect(place(anchor(390, 150), box, view, { side: "bottom", align: "start", gap: 8 }).left).toBe(292);
  });
});
