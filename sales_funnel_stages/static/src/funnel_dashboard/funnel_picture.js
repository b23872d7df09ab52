import { localization } from "@web/core/l10n/localization";
import { describeChange, formats } from "./funnel_format";
import { hasBar } from "./funnel_steps";

const WIDTH = 1200;
const MARGIN = 48;
// with one line under the title
const HEAD = 128;
const LINE = 30;
const ROW = 84;
const BAR = 44;

/**
 * Draw the funnel on a canvas, to be kept as a picture: as it is shown, in the colours of the
 * page.
 *
 * @param {{ title: string, lines: string[], steps: Object[], isCompared: boolean, colors: Object }}
 *      funnel `lines`: what it tells of, under the title
 * @returns {HTMLCanvasElement}
 */
export function drawFunnel({ title, lines, steps, isCompared, colors, font }) {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    const head = HEAD + (lines.length - 1) * LINE;
    canvas.height = head + steps.length * ROW + MARGIN;
    const context = canvas.getContext("2d");
    const isReversed = localization.direction === "rtl";
    const [start, end] = isReversed ? [WIDTH - MARGIN, MARGIN] : [MARGIN, WIDTH - MARGIN];
    const write = (text, x, y, size, align = "start", weight = "normal") => {
        context.font = `${weight} ${size}px ${font}`;
        context.textAlign = align;
        context.fillText(text, x, y, WIDTH / 3.4);
    };
    context.direction = isReversed ? "rtl" : "ltr";
    context.textBaseline = "middle";
    context.fillStyle = colors.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colors.text;
    context.textAlign = "start";
    context.font = `bold 32px ${font}`;
    context.fillText(title, start, MARGIN + 8);
    context.font = `20px ${font}`;
    lines.forEach((line, index) => {
        context.fillText(line, start, MARGIN + 48 + index * LINE, WIDTH - 2 * MARGIN);
    });

    const most = Math.max(...steps.map((step) => step.now.reached), 1);
    steps.forEach((step, index) => {
        const y = head + index * ROW + ROW / 2;
        const width = (WIDTH / 3) * (step.now.reached / most);
        context.fillStyle = colors.bar;
        if (hasBar(step, steps)) {
            context.fillRect((WIDTH - width) / 2, y - BAR / 2, width, BAR);
        }
        context.fillStyle = colors.text;
        write(step.name, start, y, 22, "start", "bold");
        write(formats.count(step.now.reached), end, y - 14, 24, "end", "bold");
        if (isCompared) {
            const change = describeChange(step.now.reached, step.before.reached, "count");
            write(change, end, y + 14, 16, "end");
        }
        if (step.type !== "customer" && step.now.rate !== null) {
            write(`↓ ${formats.rate(step.now.rate)}`, WIDTH / 2, y + ROW / 2, 18, "center");
        }
    });
    return canvas;
}
