// Charts that one can ask: a <figure data-chart> draws the table it names, follows it, and stays as it was (a drawing
// of the server, or the table alone) where no script runs. Names and numbers come from the table, words from the page.

import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendPlainComponent,
  TitleComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { look, onOtherLook } from "./charts/look";
import { asPicture, option, type Wish } from "./charts/option";
import { told } from "./charts/table";

use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  DataZoomComponent,
  GridComponent,
  LegendPlainComponent,
  LineChart,
  TitleComponent,
  TooltipComponent,
]);

const PICTURE = { width: 1200, height: 640 };
const LOOKED_THROUGH = 0.1; // of all that can be seen, by one key

function wishOf(figure: HTMLElement): Wish {
  const { chart, stacked, window: most, beside, unit } = figure.dataset;
  return {
    kind: (chart ?? "columns") as Wish["kind"],
    stacked: stacked !== undefined,
    window: Number(most ?? "400"),
    beside: beside ?? "",
    unit: unit ?? "",
    description: titleOf(figure),
  };
}

function titleOf(figure: HTMLElement): string {
  const heading = document.getElementById(figure.getAttribute("aria-labelledby") ?? "");
  return (heading?.textContent ?? document.title).replace(/\s+/g, " ").trim();
}

function chartOf(figure: HTMLElement, table: HTMLTableElement): void {
  const wish = wishOf(figure);
  const legend = figure.querySelector<HTMLElement>(".chart-legend")!;
  const host = document.createElement("div");
  host.className = "chart-canvas";
  host.tabIndex = 0;
  host.setAttribute("role", "img");
  figure.querySelector(".chart-tools")!.before(host);
  figure.classList.add("is-drawn");
  const hidden = new Set<string>();
  const chart = init(host, null, { renderer: "canvas" });
  let shown = told(figure, table);

  const draw = () => {
    shown = told(figure, table);
    if (wish.kind === "bars") host.style.blockSize = `${Math.min(shown.categories.length, wish.window) * 26 + 56}px`;
    chart.resize();
    chart.setOption(option(shown, wish, look(), hidden), { notMerge: true });
    nameAll();
  };

  /** One button for each series: which are shown, for the mouse and for keys. */
  const nameAll = () => {
    legend.hidden = shown.series.length < 2;
    legend.replaceChildren(
      ...shown.series.map((one, place) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset["series"] = one.name === wish.beside ? "beside" : `${(place % 10) + 1}`;
        button.setAttribute("aria-pressed", `${!hidden.has(one.name)}`);
        button.append(document.createElement("i"), one.name);
        button.addEventListener("click", () => {
          if (!hidden.delete(one.name)) hidden.add(one.name);
          button.setAttribute("aria-pressed", `${!hidden.has(one.name)}`);
          chart.dispatchAction({ type: "legendToggleSelect", name: one.name });
        });
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
  };

  let pointed = -1;
  const point = (to: number) => {
    pointed = Math.max(0, Math.min(shown.categories.length - 1, to));
    chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: pointed });
  };
  const zoom = (share: number, move = 0) => {
    const now = (chart.getOption()["dataZoom"] as { start: number; end: number }[] | undefined)?.[0];
    if (!now) return;
    const width = Math.min(100, Math.max(1, (now.end - now.start) * share));
    const start = Math.max(0, Math.min(100 - width, (now.start + now.end - width) / 2 + move * width));
    chart.dispatchAction({ type: "dataZoom", start, end: start + width });
  };
  const keys: Record<string, () => void> = {
    ArrowRight: () => point(pointed + 1),
    ArrowLeft: () => point(pointed - 1),
    Home: () => point(0),
    End: () => point(shown.categories.length - 1),
    "+": () => zoom(0.5),
    "-": () => zoom(2),
    PageDown: () => zoom(1, LOOKED_THROUGH * 5),
    PageUp: () => zoom(1, -LOOKED_THROUGH * 5),
    Escape: () => chart.dispatchAction({ type: "hideTip" }),
  };
  host.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  host.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));

  figure.querySelector(".chart-save")!.addEventListener("click", () => {
    const paper = init(document.createElement("div"), null, { renderer: "canvas", ...PICTURE });
    const looks = look();
    paper.setOption(asPicture(option(shown, wish, { ...looks, moves: false }, hidden), titleOf(figure), looks));
    const link = document.createElement("a");
    link.download = `${table.id}.png`;
    link.href = paper.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: looks.sheet });
    paper.dispose();
    link.click();
  });

  draw();
  onOtherLook(draw);
  new ResizeObserver(() => chart.resize()).observe(host);
  new MutationObserver(draw).observe(table, { childList: true, subtree: true, characterData: true, attributes: true });
}

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
  const table = document.getElementById(figure.dataset["table"]!);
  if (table instanceof HTMLTableElement) chartOf(figure, table);
}
