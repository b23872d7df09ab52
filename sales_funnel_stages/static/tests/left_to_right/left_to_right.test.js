import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { describeChange } from "@sales_funnel_stages/funnel_dashboard/funnel_format";
import { leftToRight } from "@sales_funnel_stages/left_to_right/left_to_right";

defineMailModels();

test("a figure is as it is where all is read from left to right", async () => {
    await makeMockEnv();
    expect(leftToRight("+63")).toBe("+63");
});

test("a sign stays before its digits among words that are read from right to left", async () => {
    await makeMockEnv();
    patchWithCleanup(localization, { direction: "rtl" });
    expect(leftToRight("+63")).toBe("\u2066+63\u2069");
    expect(describeChange(12, 10, "count")).toBe("\u2066+2\u2069 from 10");
    expect(describeChange(0.25, 0.5, "rate")).toBe("\u2066−25.0\u2069 points from 50%");
});
