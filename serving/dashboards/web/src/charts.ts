// Charts as SVG: sharp on paper, still, and with a table beside each for who cannot see.

import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { EChartsCoreOption, EChartsType } from "echarts/core";

import { make } from "./dom";

echarts.use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

export const COLOURS = {
  ink: "#1c2b39",
  faint: "#5b6b7a",
  rule: "#d5dde5",
  import: "#1f5fa8",
  export: "#e08a1e",
  low: "#6b5aa8",
  value: "#1f5fa8",
  tax: "#1e7d4f",
  yellow: "#c98a00",
  red: "#b3261e",
};
const FONT = "'Noto Sans', 'Segoe UI', Roboto, Arial, sans-serif";
const PAPER_WIDTH = { full: 690, half: 335 };
const PAPER_HEIGHT = 135;

const drawn: { chart: EChartsType; isFull: boolean }[] = [];

export interface Series {
  name: string;
  colour: string;
  values: (number | null)[];
  kind: "bar" | "line";
  stack?: string;
  dashed?: boolean;
  cap?: number | null;
}

export interface ChartText {
  number: (value: number) => string;
  cap: string;
}

/** A chart over days or names. */
export function drawSeries(
  place: HTMLElement,
  labels: string[],
  series: Series[],
  text: ChartText,
  isFull = false,
): void {
  const option = {
    ...base(text),
    legend: { show: series.length > 1, bottom: 0, itemWidth: 14, textStyle: { color: COLOURS.ink } },
    grid: { left: 8, right: 12, top: 16, bottom: series.length > 1 ? 34 : 8, containLabel: true },
    xAxis: category(labels),
    yAxis: numeric(text),
    series: series.map((one) => seriesOption(one, text)),
  };
  draw(place, option, isFull);
}

export interface SharePanel {
  title: string;
  colour: string;
  shares: (number | null)[];
  cap: number | null;
}

/** Two panels of shares side by side, each with its own scale and its cap as a line. */
export function drawShares(place: HTMLElement, labels: string[], panels: SharePanel[], text: ChartText): void {
  const share = 100 / panels.length;
  draw(
    place,
    {
      ...base(text),
      legend: { bottom: 0, itemWidth: 14, textStyle: { color: COLOURS.ink } },
      grid: panels.map((_, index) => ({
        left: `${index * share + 1}%`,
        width: `${share - 4}%`,
        top: 26,
        bottom: 34,
        containLabel: true,
      })),
      xAxis: panels.map((_, index) => ({ ...category(labels), gridIndex: index })),
      yAxis: panels.map((panel, index) => ({
        ...numeric(text),
        gridIndex: index,
        max: Math.max(...panel.shares.map((one) => one ?? 0), panel.cap ?? 0) * 1.25 || 1,
        axisLabel: { show: false },
        splitLine: { show: false },
      })),
      series: panels.map((panel, index) => ({
        ...seriesOption(
          { name: panel.title, colour: panel.colour, values: panel.shares, kind: "bar", cap: panel.cap },
          text,
        ),
        xAxisIndex: index,
        yAxisIndex: index,
        barMaxWidth: 56,
        label: {
          show: true,
          position: "insideBottom",
          distance: 6,
          color: "#ffffff",
          fontWeight: "bold",
          // Three bars stand beside each other on a phone.
          fontSize: 10,
          textBorderColor: COLOURS.ink,
          textBorderWidth: 2,
          formatter: (point: { value: number }) => text.number(point.value),
        },
      })),
    },
    true,
  );
}

function draw(place: HTMLElement, option: EChartsCoreOption, isFull = false): void {
  const box = make("div", { class: "chart-box" });
  place.append(box);
  // Not in the page yet, so it has no size of its own; `fitCharts` gives it one.
  const chart = echarts.init(box, null, { renderer: "svg", width: 600, height: 260 });
  chart.setOption(option);
  drawn.push({ chart, isFull });
}

/** Forget the charts of a page that is drawn again. */
export function clearCharts(): void {
  for (const { chart } of drawn.splice(0)) chart.dispose();
}

export function fitCharts(): void {
  for (const { chart } of drawn) resize(chart, "auto", "auto");
}

/** Paper is narrower than the window that the charts were measured in. */
export function fitChartsToPaper(): void {
  for (const { chart, isFull } of drawn)
    resize(chart, isFull ? PAPER_WIDTH.full : PAPER_WIDTH.half, PAPER_HEIGHT);
}

function resize(chart: EChartsType, width: number | "auto", height: number | "auto"): void {
  chart.resize({ width, height });
  // The printer does not wait for the next frame.
  chart.getZr().flush();
}

function base(text: ChartText): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: COLOURS.ink, fontSize: 13 },
    tooltip: {
      trigger: "axis",
      // Drawn, not written as HTML with styles, which the page's policy forbids.
      renderMode: "richText",
      valueFormatter: (value: unknown) => (typeof value === "number" ? text.number(value) : "–"),
    },
  };
}

function category(labels: string[]): object {
  return {
    type: "category",
    data: labels,
    axisLine: { lineStyle: { color: COLOURS.faint } },
    axisTick: { show: false },
    axisLabel: { color: COLOURS.ink, hideOverlap: true },
  };
}

function numeric(text: ChartText): object {
  return {
    type: "value",
    splitNumber: 4,
    axisLabel: { color: COLOURS.ink, formatter: text.number },
    splitLine: { lineStyle: { color: COLOURS.rule } },
  };
}

function seriesOption(one: Series, text: ChartText): object {
  const line = one.cap === null || one.cap === undefined ? undefined : capLine(one.cap, one.colour);
  return {
    name: nameOf(one, text),
    type: one.kind,
    stack: one.stack,
    data: one.values,
    symbolSize: 6,
    barMaxWidth: 26,
    itemStyle: { color: one.colour },
    lineStyle: { color: one.colour, width: 2, type: one.dashed ? "dashed" : "solid" },
    markLine: line,
  };
}

/** The cap stands in the legend: a label at its line would hide what it crosses. */
function nameOf(one: Series, text: ChartText): string {
  if (one.cap === null || one.cap === undefined) return one.name;
  return `${one.name} (- - ${text.cap.toLowerCase()} ${text.number(one.cap)})`;
}

function capLine(cap: number, colour: string): object {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: colour, type: [6, 4], width: 2 },
    label: { show: false },
    data: [{ yAxis: cap }],
  };
}
