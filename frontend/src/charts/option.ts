// What ECharts is to draw, made of what the table says and of how the page looks; pure.

import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type {
  AriaComponentOption,
  DataZoomComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
} from "echarts/components";
import type { ComposeOption } from "echarts/core";
import type { Look } from "./look";
import type { Series, Told } from "./table";

export type Option = ComposeOption<
  | AriaComponentOption
  | BarSeriesOption
  | DataZoomComponentOption
  | GridComponentOption
  | LegendComponentOption
  | LineSeriesOption
  | TitleComponentOption
  | TooltipComponentOption
>;

/** How a figure wants to be drawn, from its data attributes. */
export interface Wish {
  /** columns stand, bars lie, lines go from point to point, steps stay until the next. */
  kind: "columns" | "bars" | "lines" | "steps";
  /** One series upon the other. */
  stacked: boolean;
  /** What may be shown at once; more can be moved through. */
  window: number;
  /** Which series is drawn softly, as what the others are compared with; "" for none. */
  beside: string;
  unit: string;
  description: string;
}

const MARKED = 16;

/** The look of one series. */
function drawn(one: Series, place: number, wish: Wish, look: Look): BarSeriesOption | LineSeriesOption {
  const soft = one.name === wish.beside;
  const color = soft ? look.off : look.series[place % look.series.length]!;
  const common = { name: one.name, data: one.values.map((value) => value ?? "-"), itemStyle: { color } };
  if (wish.kind === "columns" || wish.kind === "bars") {
    const stack = wish.stacked ? { stack: "all" } : {};
    return { ...common, ...stack, type: "bar", barMaxWidth: 28, emphasis: { focus: "series" } };
  }
  const few = one.values.filter((value) => value !== null).length <= MARKED;
  return {
    ...common,
    type: "line",
    step: wish.kind === "steps" ? "end" : false,
    symbol: few ? "circle" : "none", // a point without neighbours would not be seen
    symbolSize: 5,
    lineStyle: { color, width: 2, type: soft ? "dashed" : "solid" },
    areaStyle: soft ? undefined : { color, opacity: 0.08 },
  };
}

function axes(told: Told, wish: Wish, look: Look): Pick<Option, "xAxis" | "yAxis"> {
  const letters = { color: look.soft, fontFamily: look.font, fontSize: 12 };
  const line = { lineStyle: { color: look.rule } };
  const names = {
    type: "category" as const,
    data: told.categories,
    axisLabel: { ...letters, hideOverlap: true, width: 150, overflow: "truncate" as const },
    axisLine: line,
    axisTick: { show: false },
  };
  const numbers = {
    type: "value" as const,
    minInterval: wish.unit === "%" ? 0.1 : 1,
    axisLabel: { ...letters, formatter: `{value}${wish.unit}` },
    splitLine: line,
  };
  if (wish.kind !== "bars") return { xAxis: names, yAxis: numbers };
  return { xAxis: numbers, yAxis: { ...names, inverse: true } };
}

function zooms(told: Told, wish: Wish, look: Look): DataZoomComponentOption[] {
  if (told.categories.length <= wish.window) return [];
  const axis = wish.kind === "bars" ? { yAxisIndex: 0 } : { xAxisIndex: 0 };
  const end = (100 * wish.window) / told.categories.length;
  const slider: DataZoomComponentOption = {
    ...axis,
    type: "slider",
    start: 0,
    end,
    borderColor: look.rule,
    fillerColor: `${look.accent}22`,
    handleStyle: { color: look.sheet, borderColor: look.accent },
    moveHandleStyle: { color: look.accent, opacity: 0.5 },
    dataBackground: { lineStyle: { color: look.rule }, areaStyle: { color: look.rule } },
    selectedDataBackground: { lineStyle: { color: look.accent }, areaStyle: { color: look.accent, opacity: 0.15 } },
    textStyle: { color: look.soft, fontFamily: look.font },
    showDetail: false,
    ...(wish.kind === "bars" ? { width: 16, right: 4 } : { height: 22, bottom: 6 }),
  };
  // The wheel scrolls the page, not the chart: fingers and the slider move it.
  return [slider, { ...axis, type: "inside", start: 0, end, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false }];
}

/** Return what is to be drawn; `hidden` are the names of series that the reader switched off. */
export function option(told: Told, wish: Wish, look: Look, hidden: ReadonlySet<string>): Option {
  const zoom = zooms(told, wish, look);
  const lying = wish.kind === "bars";
  const letters = { color: look.ink, fontFamily: look.font, fontSize: 13 };
  return {
    animation: look.moves,
    animationDuration: 250,
    textStyle: { fontFamily: look.font },
    grid: { left: 12, right: zoom.length && lying ? 36 : 20, top: 16, bottom: zoom.length && !lying ? 40 : 10, containLabel: true },
    legend: { show: false, selected: Object.fromEntries([...hidden].map((name) => [name, false])) },
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // drawn, not written into the page: no style attribute, as the content security policy asks
      confine: true,
      axisPointer: { type: wish.kind === "columns" || lying ? "shadow" : "line" },
      backgroundColor: look.sheet,
      borderColor: look.rule,
      textStyle: letters,
      valueFormatter: (value) => (value == null || value === "-" ? "–" : `${String(value)}${wish.unit}`),
    },
    aria: { enabled: true, label: { description: wish.description }, decal: { show: look.patterns } },
    ...axes(told, wish, look),
    dataZoom: zoom,
    series: told.series.map((one, place) => drawn(one, place, wish, look)),
  };
}

/** The same as a picture to keep: with its title and with the names of what is shown. */
export function asPicture(shown: Option, title: string, look: Look): Option {
  const letters = { color: look.ink, fontFamily: look.font };
  return {
    ...shown,
    animation: false,
    backgroundColor: look.sheet,
    title: { text: title, left: 16, top: 12, textStyle: { ...letters, fontSize: 16 } },
    legend: { ...(shown.legend as LegendComponentOption), show: true, top: 40, left: 12, textStyle: letters },
    grid: { ...(shown.grid as GridComponentOption), top: 92 },
  };
}
