import { describe, expect, it } from "vitest";

import { arrange, inPlaces, PINNED, placedOf, placesOf, put, stepped } from "./arrangement";
import type { PanelModel, Section } from "./sections";

const panel = (id: string): PanelModel => ({ id, heading: id, valueName: id, lines: [] });
const section = (id: string, panels: string): Section => ({ id, heading: id, panels: [...panels].map(panel) });
const order = ({ panels }: Section) => panels.map(({ id }) => id).join("");

describe("the arrangement", () => {
  const sections = [section("", "l"), section("a", "xy")];
  const shown = (pins: string[], away: string[]) => arrange(sections, { pins, away, order: [] }).map((one) => [one.id, order(one)]);

  it("puts pinned panels first, in their order, and takes them from their sections", () => {
    expect(shown(["l", "y", "gone", "l"], [])).toEqual([
      [PINNED, "ly"],
      ["a", "x"],
    ]);
  });

  it("leaves out what was put away, pinned or not", () => {
    expect(shown(["x"], ["x", "l"])).toEqual([["a", "y"]]);
  });
});

describe("the places of panels", () => {
  it("any order comes back from the pairs that stand for it, and no more panels are named than were moved", () => {
    const usual = "abcdefgh";
    const orders = ["abcdefgh", "hgfedcba", "bcdefgha", "habcdefg", "badcfehg", "aecgbdfh"];
    for (const wanted of orders) {
      const placed = placesOf([...usual], [...wanted]);
      expect(order(inPlaces(section("", usual), placed))).toBe(wanted);
    }
    expect(placesOf([...usual], [..."abcdefgh"])).toEqual([]);
    expect(placesOf([...usual], [..."bcdefgha"])).toEqual([["a", ""]]);
    expect(placesOf([...usual], [..."habcdefg"])).toEqual([["h", "a"]]);
  });

  it("leave room for panels that come later, and bear with those that are gone", () => {
    const placed = placesOf([..."bdfh"], [..."hbdf"]);
    expect(order(inPlaces(section("", "abcdefgh"), placed))).toBe("ahbcdefg");
    expect(order(inPlaces(section("", "cdeh"), placed))).toBe("cdeh");
    expect(order(inPlaces(section("", "xyz"), placed))).toBe("xyz");
  });

  it("are read from an address, whatever stands there", () => {
    expect(placedOf(["a", "b", "c"])).toEqual([["a", "b"]]);
    expect(order(inPlaces(section("", "abc"), placedOf(["a", "a", "c", "c", "nothing", "b"])))).toBe("abc");
  });
});

describe("a move", () => {
  const usual = [section("", "abc"), section("train", "xyz")];
  const moved = (id: string, to: { section: string; before: string | null }, view = { pins: [] as string[], order: [] as string[], away: [] as string[] }) => {
    const shown = arrange(usual, view);
    const change = put(id, to, { usual, shown, view });
    return change && arrange(usual, { ...view, ...(change as object) }).map(order);
  };

  it("stays within its section", () => {
    expect(moved("c", { section: "", before: "a" })).toEqual(["cab", "xyz"]);
    expect(moved("a", { section: "", before: null })).toEqual(["bca", "xyz"]);
    expect(moved("a", { section: "train", before: "y" })).toBeNull();
    expect(moved("nothing", { section: "", before: "a" })).toBeNull();
  });

  it("pins what is dropped among the pinned, and unpins what is dropped where it belongs", () => {
    const view = { pins: ["gone", "y", "b"], order: [], away: [] };
    expect(moved("c", { section: PINNED, before: "b" }, view)).toEqual(["ycb", "a", "xz"]);
    expect(moved("b", { section: PINNED, before: "y" }, view)).toEqual(["by", "ac", "xz"]);
    expect(moved("b", { section: "", before: "a" }, view)).toEqual(["y", "bac", "xz"]);
    expect(moved("y", { section: "", before: "a" }, view)).toBeNull();
  });

  it("keeps the places of what is not to be seen", () => {
    const all = { pins: [], away: [], order: ["c", "a", "z", "x"] };
    const filtered = [section("", "ab"), section("train", "xyz")];
    const change = put("b", { section: "", before: "a" }, { usual: filtered, shown: arrange(filtered, all), view: all })!;
    expect(arrange(usual, { ...all, ...change }).map(order)).toEqual(["cba", "zxy"]);
  });

  it("goes in steps, and to the front", () => {
    const shown = arrange(usual, { pins: [], away: [], order: [] });
    expect(stepped(shown, "a", 1)).toEqual({ section: "", before: "c" });
    expect(stepped(shown, "b", 1)).toEqual({ section: "", before: null });
    expect(stepped(shown, "c", -Infinity)).toEqual({ section: "", before: "a" });
    expect(stepped(shown, "a", -1)).toBeNull();
    expect(stepped(shown, "nothing", 1)).toBeNull();
  });
});
