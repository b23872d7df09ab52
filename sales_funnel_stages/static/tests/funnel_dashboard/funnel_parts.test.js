import { expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { describeChange } from "@sales_funnel_stages/funnel_dashboard/funnel_format";
import { makePeriod } from "@sales_funnel_stages/funnel_dashboard/funnel_period";
import { drawFunnel } from "@sales_funnel_stages/funnel_dashboard/funnel_picture";
import { DATA } from "./funnel_data";

defineMailModels();

test("the picture has a bar for each step, in the colours of the page", async () => {
    await makeMockEnv();
    const colors = { text: "black", bar: "blue", background: "white" };
    const draw = (steps) =>
        drawFunnel({ title: "Funnel", lines: ["Now"], steps, colors, font: "sans-serif" });
    const picture = draw(DATA.steps.slice(0, 2));
    expect(picture.height).toBeGreaterThan(draw(DATA.steps.slice(0, 1)).height);
    const at = (x, y) => [...picture.getContext("2d").getImageData(x, y, 1, 1).data];
    expect(at(600, 170)).toEqual([0, 0, 255, 255]);
    expect(at(2, 2)).toEqual([255, 255, 255, 255]);
});

test("the picture has a line for each filter, above the bars", async () => {
    await makeMockEnv();
    const texts = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text, x, y) {
            texts.push([text, y]);
        },
    });
    const colors = { text: "black", bar: "blue", background: "white" };
    const draw = (...lines) =>
        drawFunnel({
            title: "Funnel",
            lines,
            steps: DATA.steps.slice(0, 1),
            colors,
            font: "serif",
        });
    const { height } = draw("Now");
    expect(draw("Now", "Sales Team: Europe", "Won").height).toBe(height + 60);
    const below = Object.fromEntries(texts);
    expect(below["Now"]).toBeLessThan(below["Sales Team: Europe"]);
    expect(below["Won"]).toBeLessThan(below["Lead"]);
});

test("changes are told in words and with a sign", async () => {
    await makeMockEnv();
    expect(describeChange(12, 10, "count")).toBe("+2 from 10");
    expect(describeChange(10, 12, "count")).toBe("−2 from 12");
    expect(describeChange(10, 10, "count")).toBe("as before");
    expect(describeChange(null, 0.5, "rate")).toBe("50% before");
    expect(describeChange(0.5, null, "rate")).toBe("none before");
    expect(describeChange(0.5, 0.25, "rate")).toBe("+25.0 points from 25%");
});

test("periods end today, and know what they are compared with", async () => {
    await makeMockEnv();
    mockDate("2026-11-24 12:00:00");
    const { from, to, months } = makePeriod("month");
    expect([from, to, months]).toEqual(["2026-11-01", "2026-11-24", 1]);
    expect(makePeriod("quarter").from).toBe("2026-10-01");
    expect(makePeriod("year").from).toBe("2026-01-01");
    expect(makePeriod("last_year").from).toBe("2025-12-01");
});
